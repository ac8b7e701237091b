import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {isFailure} from '../../src/domain/channel.ts';
import {textOf} from '../../src/domain/entry.ts';
import type {Frame} from '../../src/domain/frame.ts';
import {harmless, secrets} from '../../src/rules/secrets.ts';
import {openRecording} from '../../src/session/recording/read.ts';
import {Redactor} from '../../src/session/redactor.ts';
import {Terminal} from '../support/terminal.ts';
import {labDevice, labSshConfig} from './device.ts';
import {line, PIECE, pieces, type Said, say} from './say.ts';

const program = new URL('../../bin/devtop.js', import.meta.url).pathname;
const WHO = 'lab-secrets';
/** Said last: what came before it has come. */
const OVER = 'nothing more is said';

/** Every sample of every rule. */
const SAMPLES = secrets.flatMap(({id, samples}) => samples.cut.map(([text, ...parts]) => ({id, text, parts})));
const KEPT = [...secrets.flatMap(({samples}) => samples.kept), ...harmless].filter(text => text.trim() !== '');

/** Long enough that no hash, cursor or uuid has it by chance; what is shorter is looked for in its own line. */
const TELLING = 8;

const BEGIN = ['-----BEGIN RSA ', 'PRIVATE KEY-----'].join('');
const END = ['-----END RSA ', 'PRIVATE KEY-----'].join('');
const BODY = Array.from({length: 12}, (_, row) => `${'MIIEpQIBAAKCAQEA7bq+/'.repeat(3)}${row.toString(36)}`);

const around = (number: number, text: string): string => `line ${number}: ordinary words | ${text} | and more of them`;
/** The same sample, split by the end of the engine's piece in the midst of its secret. */
const straddling = (number: number, text: string, part: string): string => {
	const lead = `long ${number}: `;
	const inSecret = Buffer.byteLength(text.slice(0, text.indexOf(part) + Math.ceil(part.length / 2)));
	return `${lead}${'ordinary words '.repeat(PIECE).slice(0, PIECE - lead.length - inSecret - 1)} ${text} | and the end of it`;
};

/** What a single look at each text makes of it. */
const alone = (text: string): string => new Redactor(secrets).text(text);
const countsOf = (texts: readonly string[]): Readonly<Record<string, number>> => {
	const redactor = new Redactor(secrets);
	for (const text of texts) redactor.text(text);
	return redactor.counts();
};
const sum = (...all: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
	const total: Record<string, number> = {};
	for (const counts of all)
		for (const [rule, count] of Object.entries(counts)) total[rule] = (total[rule] ?? 0) + count;
	return total;
};

const devtop = (...args: readonly string[]): Promise<string> =>
	new Promise((resolve, reject) => {
		execFile(process.execPath, [program, ...args], {maxBuffer: 1e9}, (error, stdout, stderr) =>
			error === null ? resolve(stdout) : reject(new Error(`${args.join(' ')}: ${stderr}`)),
		).stdin?.end();
	});

describe.skipIf(labSshConfig === '')('secrets that a real device says', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	const folder = mkdtempSync(join(tmpdir(), 'devtop-secrets-'));
	const file = join(folder, 'secrets.devtop.jsonl.gz');
	/** Everything that left the program, by what it is. */
	const left = new Map<string, string>();
	let frames: readonly Frame[] = [];

	afterEach(() => Terminal.killAll());
	afterAll(() => dev1.close());

	const tell = (entries: readonly Said[]): Promise<void> => say(labSshConfig, 'dev1', entries);
	const whole = SAMPLES.map(({text}, number) => around(number, text));
	// With nothing behind them: "apiKey= more" would be one.
	const kept = KEPT.map((text, number) => `line ${1000 + number}: ordinary words | ${text}`);
	const long = SAMPLES.map(({text, parts}, number) => straddling(number, text, parts.at(-1) ?? ''));
	/** The same again, said before devtop comes, and so far back that it is fetched newest first. */
	const longBefore = long.map(text => text.replace('long ', 'long before '));
	const key = ['a key comes', BEGIN, ...BODY, END, 'it came'];
	/** A field that only who looks at all of one entry gets to see. */
	const config = SAMPLES.map(({text}) => text).join('\n');
	const field = around(5000, SAMPLES[0]?.text ?? '');
	/** Seen while it is typed, by who typed it. */
	const typed = 'typedByThePerson7';
	const written = around(6000, `psk=${typed}`);

	beforeAll(async () => {
		await dev1.in('sh', '-c', 'journalctl --sync; journalctl --rotate; journalctl --vacuum-size=1');
		await tell([
			...longBefore.flatMap((text, number) => pieces('lab-before', text, `b1b2c3${number}`)),
			...['the key that was there', BEGIN, ...BODY, END].map(text => line(WHO, text)),
			...Array.from({length: 120}, (_, number) => line('lab-between', `ordinary line ${number}`)),
		]);
		const terminal = Terminal.start({
			file: process.execPath,
			args: [program, '-F', labSshConfig, 'dev1', '--record', file],
			columns: 200,
			rows: 50,
		});
		await terminal.until(/\d+ of \d+ ok/, 30_000);
		terminal.press('2z');
		await tell(whole.map(text => line(WHO, text)));
		// Others speak between the lines of a key.
		await tell(key.flatMap(text => [line(WHO, text), line('lab-other', `between: ${text.length}`)]));
		await tell(kept.map(text => line(WHO, text)));
		await tell(long.flatMap((text, number) => pieces('lab-long', text, `a1b2c3${number}`)));
		await tell([line(WHO, field, [['APP_CONFIG', config]]), line(WHO, OVER)]);
		await terminal.until(OVER, 60_000);
		// All of it on the screen, the lines' fields too.
		for (const keys of [
			'f',
			`id:${WHO}`,
			'\r',
			...Array.from({length: 6}, () => '\x1b[5~'),
			'G',
			'/',
			'line 5000',
			'\r',
			'\r',
		]) {
			terminal.press(keys);
			await new Promise(resolve => setTimeout(resolve, 700));
		}
		await terminal.until(/APP_CONFIG/, 10_000);
		terminal.press('c');
		terminal.press(`\x1b[200~${written}\x1b[201~`);
		await terminal.until(/line 6000/, 5000);
		terminal.press('\r');
		await new Promise(resolve => setTimeout(resolve, 1500));
		terminal.press('q');
		expect((await terminal.exit).code).toBe(0);
		left.set('terminal', terminal.rawOutput());
		left.set('recording', gunzipSync(readFileSync(file)).toString('utf8'));
		const recording = openRecording(file);
		if (isFailure(recording)) throw new Error(recording.message);
		frames = [...recording.frames()];
		recording.close();
		for (const as of ['json', 'journal']) left.set(`export ${as}`, await devtop('export', file, '--as', as));
		for (const form of [[], ['--brief'], ['--for', 'customer'], ['--as', 'json']])
			left.set(`note ${form.join(' ')}`, await devtop('notes', file, ...form));
	}, 240_000);

	/** Messages of a sender by their place in the journal, each entry once. */
	const messages = (who: string): ReadonlyMap<number, string> => {
		const seen = new Map<number, string>();
		for (const frame of frames) {
			if (frame.t !== 'out' || frame.unit.kind !== 'entry') continue;
			const {entry} = frame.unit;
			if (textOf(entry, 'SYSLOG_IDENTIFIER') !== who) continue;
			const place = Number.parseInt(/;i=([0-9a-f]+);/.exec(textOf(entry, '__CURSOR') ?? '')?.[1] ?? '', 16);
			if (!seen.has(place)) seen.set(place, textOf(entry, 'MESSAGE') ?? '');
		}
		return seen;
	};
	const inOrder = (said: ReadonlyMap<number, string>): readonly string[] =>
		[...said].toSorted(([a], [b]) => a - b).map(([, text]) => text);

	test('no secret is in the recording, on the terminal, in an export or a note', () => {
		const harmless = KEPT.join('\n');
		const parts = new Set(
			SAMPLES.flatMap(({parts}) => parts).filter(part => part.length >= TELLING && !harmless.includes(part)),
		);
		expect(parts.size).toBeGreaterThan(20);
		for (const part of [...parts, ...BODY, BODY[0]?.slice(0, 21) ?? ''])
			for (const [where, text] of left) {
				expect(text.includes(part), `${part} in the ${where}`).toBe(false);
				expect(text.includes(JSON.stringify(part).slice(1, -1)), `${part} in the ${where}`).toBe(false);
			}
	});

	test('what a person writes is cut, too', () => {
		expect(left.get('recording')).toContain('psk=‹redacted:psk›');
		for (const [where, text] of left) if (where !== 'terminal') expect(text.includes(typed), where).toBe(false);
	});

	test('the text around a secret is as it was, and so is what only looks like one', () => {
		const said = inOrder(messages(WHO));
		for (const text of whole) expect(said).toContain(alone(text));
		for (const text of kept) expect(said).toContain(text);
		expect(said.join('\n')).toContain(
			['a key comes', BEGIN, ...BODY.map(() => '‹redacted:pem›'), END, 'it came'].join('\n'),
		);
		expect(inOrder(messages('lab-other'))).toEqual(key.map(text => `between: ${text.length}`));
	});

	test.each([
		['as it is said', 'lab-long', 'long'],
		['in a page that comes newest first', 'lab-before', 'long before'],
	])('a secret over the border of two pieces, %s, leaves nothing of itself on either side', (_how, who, lead) => {
		const said = inOrder(messages(who)).join('');
		for (const [number, {id, parts}] of SAMPLES.entries()) {
			const from = said.indexOf(`${lead} ${number}: `);
			const text = said.slice(from, said.indexOf('| and the end of it', from));
			expect(from, id).toBeGreaterThanOrEqual(0);
			expect(text, id).toContain('‹redacted:');
			for (const part of parts) expect(text.includes(part), `${part} of ${id}`).toBe(false);
		}
		expect(said.match(/\| and the end of it/g)).toHaveLength(SAMPLES.length);
		expect(said).not.toContain('‹redacted:piece›');
	});

	test('the note counts what was cut, each secret once', () => {
		const note = JSON.parse(left.get('note --as json') ?? '') as {
			gaps: {redacted: readonly {rule: string; count: number}[]};
		};
		const {pem = 0, ...rest} = Object.fromEntries(note.gaps.redacted.map(({rule, count}) => [rule, count]));
		const {pem: pems = 0, ...others} = sum(
			countsOf([...whole, ...long, ...longBefore]),
			countsOf([field, config, written]),
		);
		// Two keys were said line by line, one of them before devtop came.
		expect(pem).toBe(pems + 2);
		expect(rest).toEqual(others);
	});

	test('the screen showed that something was cut', () => {
		for (const {id} of secrets) expect(left.get('terminal')).toContain(`‹redacted:${id}›`);
	});
});
