import {writeFile} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {Terminal} from './terminal.ts';

const usage = `node test/support/picture.ts [options] --output FILE.png|FILE.svg -- PROGRAM'S ARGUMENTS

Runs devtop in a terminal and writes a picture of its screen. Steps are done in the order they are given.
  --wait TEXT        until TEXT is on the screen (20 s at most)
  --keys KEYS        presses KEYS; \\t \\r \\e and \\xNN are taken as in a string
  --seconds N        waits N seconds
  --columns N        default 120
  --rows N           default 40
  --file PROGRAM     another program than devtop`;

const {values, tokens, positionals} = parseArgs({
	allowPositionals: true,
	tokens: true,
	options: {
		columns: {type: 'string', default: '120'},
		rows: {type: 'string', default: '40'},
		file: {type: 'string'},
		output: {type: 'string'},
		wait: {type: 'string', multiple: true},
		keys: {type: 'string', multiple: true},
		seconds: {type: 'string', multiple: true},
	},
});

if (!values.output || !/\.(png|svg)$/.test(values.output)) {
	console.error(usage);
	process.exit(1);
}

const devtop = fileURLToPath(new URL('../../bin/devtop.js', import.meta.url));
const terminal = Terminal.start({
	file: values.file ?? process.execPath,
	args: values.file ? positionals : [devtop, ...positionals],
	columns: Number(values.columns),
	rows: Number(values.rows),
});
try {
	for (const token of tokens) {
		if (token.kind === 'option' && token.value !== undefined) await step(token.name, token.value);
	}
	// What the last key changed is on the screen within a few frames.
	await sleep(500);
	if (values.output.endsWith('.svg')) await writeFile(values.output, terminal.svg());
	else await terminal.png(values.output);
} finally {
	// Asked first, so that it can end what it started elsewhere.
	terminal.kill('SIGTERM');
	await Promise.race([terminal.exit, sleep(2000, undefined, {ref: false})]);
	await Terminal.killAll();
}

async function step(name: string, value: string): Promise<void> {
	if (name === 'wait') await terminal.until(value, 20_000);
	if (name === 'seconds') await sleep(Number(value) * 1000);
	if (name === 'keys') terminal.press(keysOf(value));
}

function keysOf(text: string): string {
	const named: Readonly<Record<string, string>> = {t: '\t', r: '\r', e: '\x1b'};
	return text.replace(/\\(?:x([0-9a-fA-F]{2})|([tre]))/g, (_, code: string | undefined, name: string) => {
		return code ? String.fromCharCode(Number.parseInt(code, 16)) : (named[name] ?? '');
	});
}
