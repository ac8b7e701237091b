import {execFileSync} from 'node:child_process';
import {parseArgs} from 'node:util';
import {Terminal} from './terminal.ts';

/**
 * Starts an installed devtop under a given Node in a terminal: the demo has to show its services and leave on q;
 * a Node that is too old has to be refused in one sentence.
 * node test/support/packed.ts --node /usr/bin/node --program FOLDER/node_modules/devtop/bin/devtop.js
 */
const {values} = parseArgs({options: {node: {type: 'string'}, program: {type: 'string'}}});
const {node = process.execPath, program = ''} = values;
const version = execFileSync(node, ['--version'], {encoding: 'utf8'}).trim();
const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
const supported = major > 22 || (major === 22 && minor >= 12);

const terminal = Terminal.start({file: node, args: [program, 'demo']});
try {
	if (supported) {
		await terminal.until('Services', 20_000);
		terminal.press('q');
	}
	const {code, signal} = await Promise.race([terminal.exit, late()]);
	const expected = supported ? 0 : 1;
	if (code !== expected || signal)
		throw new Error(`exit ${code} ${signal ?? ''}, not ${expected}:\n${terminal.screen()}`);
	// The sentence wraps, so its words are looked for without line ends.
	const said = terminal.text().join('');
	if (!supported && !/^devtop needs Node\.js .*\./.test(said)) throw new Error(`no word on why:\n${terminal.screen()}`);
	console.log(`${version}: ${supported ? 'shows its services and leaves on q' : 'refused in one sentence'}`);
} finally {
	await Terminal.killAll();
}

async function late(): Promise<never> {
	await new Promise(resolve => setTimeout(resolve, 15_000).unref());
	throw new Error(`still running after 15 s:\n${terminal.screen()}`);
}
