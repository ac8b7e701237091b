import {expect, test} from 'vitest';
import type {Entry} from '../../../src/domain/entry.ts';
import type {FrameBody} from '../../../src/domain/frame.ts';
import {randomOf} from '../../support/chance.ts';
import {CUT, entryOf, messageOf, open, out, pieces, recorded, redactor, says, tick, words} from './redact-support.ts';

const BEGIN = ['-----BEGIN RSA ', 'PRIVATE KEY-----'].join('');
const END = ['-----END RSA ', 'PRIVATE KEY-----'].join('');
const BODY = Array.from(
	{length: 26},
	(_, index) => `${'MIIEpAIBAAKCAQEA7bq+/'.repeat(3)}${String.fromCharCode(97 + index)}`,
);
const LAST = 'q8Zx3Q==';

/** What remains of a secret that was cut in two, at most: a prefix that everybody knows, like `ghp` or `ey`. */
const FAMOUS = 4;

/** All of a secret's parts that are long enough to tell something. */
const telling = (secret: string): string[] =>
	Array.from({length: Math.max(1, secret.length - FAMOUS)}, (_, at) => secret.slice(at, at + FAMOUS + 1));

test.each(CUT)('%s: %j in two pieces, wherever it is cut', (id, line, parts) => {
	const random = randomOf(line.length);
	const before = `${words(random, 3)} `;
	const after = ` ${words(random, 3)}`;
	const whole = before + line + after;
	const inOne = redactor();
	const [alone = ''] = says(inOne, [whole]);
	const counted = inOne.counts();
	const rest = alone.replaceAll(/‹redacted:[\w-]+›/g, '\0');
	for (let at = 1; at < whole.length; at++) {
		const cutter = redactor();
		const said = says(cutter, pieces([whole.slice(0, at), whole.slice(at)]));
		const together = said.join('');
		for (const part of parts) expect(together, `cut at ${at}`).not.toContain(part);
		for (const part of parts.flatMap(telling))
			if (!rest.includes(part)) for (const piece of said) expect(piece, `cut at ${at}`).not.toContain(part);
		// What lies within an object of secrets may be counted by its own rule, too.
		if (id !== 'files') expect(cutter.counts(), `cut at ${at}`).toEqual(counted);
		// Nothing around it is gone, but for a word behind AWS' key id that might have become the secret key.
		expect(together.startsWith(before)).toBe(true);
		if (id === 'aws') continue;
		expect(together.endsWith(after)).toBe(true);
		if (at <= before.length || at >= before.length + line.length) expect(together).toBe(alone);
	}
});

test('in many pieces, with others’ pieces between them', () => {
	const random = randomOf(7);
	for (let round = 0; round < 200; round++) {
		const key = `${BEGIN}\\n${BODY.join('\\n')}\\n${END}`;
		const text = `${words(random, 9)} {"apiKey":"0a1b2c3d","tls":"${key}"} ${words(random, 9)}`;
		const texts: string[] = [];
		for (let at = 0; at < text.length; ) {
			const size = 200 + Math.floor(random() * 700);
			texts.push(text.slice(at, at + size));
			at += size;
		}
		const cutter = redactor();
		const other = pieces(
			texts.map(() => 'plain words'),
			'p2',
		);
		const said = pieces(texts).flatMap((entry, index) => {
			const [mine = ''] = says(cutter, [entry]);
			const stranger = other[index];
			if (stranger !== undefined) expect(says(cutter, [stranger])).toEqual(['plain words']);
			return mine;
		});
		const together = said.join('');
		for (const line of [...BODY, '0a1b2c3d']) expect(together).not.toContain(line);
		expect(together).not.toMatch(/MIIE|CAQEA/);
		expect(cutter.counts()).toEqual({key: 1, pem: 1});
		expect(cutter.held().pieces).toBe(0);
	}
});

test('a piece that came before changes nothing, one that is missing ends the line', () => {
	const cutter = redactor();
	const [one, two, three] = pieces(['x "apiKey":"0a1b', '2c3d4e', '5f60" y']);
	if (one === undefined || two === undefined || three === undefined) throw new Error('no pieces');
	expect(says(cutter, [one, two, one, two, three])).toEqual([
		'x "apiKey":"‹redacted:key›',
		'‹redacted:key›',
		'x "apiKey":"‹redacted:key›',
		'‹redacted:key›',
		'‹redacted:key›" y',
	]);
	expect(cutter.counts()).toEqual({key: 1});
	const [, , last] = pieces(['x "apiKey":"0a1b', '2c3d4e', 'plain" y'], 'p2');
	expect(says(cutter, last === undefined ? [] : [last])).toEqual(['‹redacted:piece›']);
	expect(cutter.counts()).toEqual({key: 1, piece: 1});
});

test('a piece whose beginning nobody saw is cut, but not where it was looked at with its beginning before', () => {
	const [one, two] = pieces(['ordinary words, ', 'and more of them']);
	if (one === undefined || two === undefined) throw new Error('no pieces');
	expect(says(redactor(), [two])).toEqual(['‹redacted:piece›']);
	const cutter = redactor();
	expect(says(cutter, [one, two])).toEqual(['ordinary words, ', 'and more of them']);
	// All of one entry, asked for alone.
	cutter.frame(open(9, ['--lines=1']));
	expect(says(cutter, [two], 9)).toEqual(['and more of them']);
	expect(cutter.counts()).toEqual({});
});

test.each(CUT)('%s: %j in two pieces, newest first, is cut as if it came in order', (_id, line) => {
	for (let at = 1; at < line.length; at += 3) {
		const entries = [entryOf('before'), ...pieces([`x ${line.slice(0, at)}`, `${line.slice(at)} y`]), entryOf('after')];
		const forwards = says(redactor(), entries);
		const cutter = redactor();
		cutter.frame(open(4, ['--reverse'], 'older'));
		const given = entries.toReversed().map(entry => cutter.frame(out(entry, 4)));
		// "after" comes at once, the last piece waits for the first.
		expect(given.map(({length}) => length)).toEqual([1, 0, 2, 1]);
		const backwards = given.flat().map(frame => String(messageOf([frame])));
		expect(backwards.toReversed(), `cut at ${at}`).toEqual(forwards);
		expect(cutter.held().waiting).toBe(0);
	}
});

test('a page that ends in the midst of a long line: what waits comes with its end, and the bound is kept', () => {
	const [, two, three] = pieces(['{"deviceApiKeys":{"a":"0a1b2c3d"', ',"b":"4e5f6071"', '}} end']);
	if (two === undefined || three === undefined) throw new Error('no pieces');
	const cutter = redactor();
	cutter.frame(open(4, ['--reverse'], 'older'));
	expect([three, two].map(entry => cutter.frame(out(entry, 4)))).toEqual([[], []]);
	const frames = cutter.frame({t: 'exit', ch: 4, exit: {kind: 'exited', code: 0}});
	expect(frames.map(({t}) => t)).toEqual(['out', 'out', 'exit']);
	expect(recorded(frames)).not.toMatch(/4e5f6071/);
	cutter.frame(open(5, ['--reverse'], 'older'));
	let waited = 0;
	for (let count = 0; count < 3000; count++) {
		cutter.frame(out(count === 0 ? two : entryOf('words'), 5));
		waited = Math.max(waited, cutter.held().waiting);
	}
	expect(waited).toBeLessThan(600);
	expect(cutter.held().waiting).toBe(0);
});

test('a secret without an end: all that follows is cut, in bounded memory', () => {
	const cutter = redactor();
	const texts = ['{"deviceApiKeys":{"a":"', ...Array.from({length: 40}, () => 'f'.repeat(16_000)), 'f"}} end'];
	const said = says(cutter, pieces(texts));
	expect(said.join('')).not.toContain('ff');
	expect(cutter.held().pieces).toBe(0);
});

test('a key line by line, with other senders between', () => {
	const cutter = redactor();
	const said: string[] = [];
	for (const line of [BEGIN, ...BODY, LAST, END, 'key loaded']) {
		said.push(...says(cutter, [line]));
		expect(says(cutter, [entryOf('Started app.', {identifier: 'systemd', pid: '1'})])).toEqual(['Started app.']);
		expect(says(cutter, [entryOf(BODY[3] ?? '', {pid: '78'})])).toEqual([BODY[3]]);
	}
	expect(said).toEqual([BEGIN, ...BODY.map(() => '‹redacted:pem›'), '‹redacted:pem›', END, 'key loaded']);
	expect(cutter.counts()).toEqual({pem: 1});
	expect(cutter.held().blocks).toBe(0);
});

test('a key with words before each line, and encrypted', () => {
	const lines = [BEGIN, 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,0A1B2C', '', ...BODY, LAST, END];
	const cutter = redactor();
	const said = says(
		cutter,
		lines.map(line => `12:00:01 [app] ${line}`),
	).join('\n');
	for (const line of [...BODY, LAST, '0A1B2C']) expect(said).not.toContain(line);
	expect(says(cutter, ['after'])).toEqual(['after']);
});

test('a key that never ends hides at most three ordinary lines', () => {
	const cutter = redactor();
	const said = says(cutter, [BEGIN, 'oops, no file', 'retrying now', 'and again', 'still here', BODY[0] ?? '', 'x y']);
	expect(said.slice(4)).toEqual(['still here', '‹redacted:pem›', '‹redacted:pem›']);
	for (let second = 0; second < 200; second++) cutter.frame(tick);
	expect(cutter.held().blocks).toBe(0);
});

test('certificates stay, line by line', () => {
	const lines = ['-----BEGIN CERTIFICATE-----', ...BODY, '-----END CERTIFICATE-----'];
	expect(says(redactor(), lines)).toEqual(lines);
});

test('a page that comes backwards', () => {
	const cutter = redactor();
	cutter.frame(open(4, ['--reverse'], 'older'));
	const said = says(
		cutter,
		['after', END, LAST, ...BODY.toReversed(), BEGIN, 'before', `${BEGIN}\nq8Zx\n${END}`, 'x'],
		4,
	);
	expect(said).toEqual([
		'after',
		END,
		'‹redacted:pem›',
		...BODY.map(() => '‹redacted:pem›'),
		BEGIN,
		'before',
		`${BEGIN}\n‹redacted:pem›\n${END}`,
		'x',
	]);
	expect(cutter.counts()).toEqual({pem: 2});
});

test('history goes on in the follower; a line of a key that is looked at alone stays cut', () => {
	const cutter = redactor();
	const entries = [BEGIN, ...BODY, END].map(line => entryOf(line));
	cutter.frame(open(1, [], 'history'));
	cutter.frame(open(2, [], 'live'));
	const said = entries.flatMap((entry, index) => says(cutter, [entry], index < 9 ? 1 : 2));
	expect(said.join('')).not.toContain('MIIE');
	cutter.frame(open(3, ['--lines=1']));
	for (const entry of entries.slice(1, -1)) {
		const other = entry.map(([name, value]) => [name, name === '__CURSOR' ? 's=new;i=1' : value] as const);
		const frames = cutter.frame(out([...other, ['_CMDLINE', 'app --tls']], 3));
		expect(messageOf(frames)).toBe('‹redacted:pem›');
	}
	expect(cutter.counts()).toEqual({pem: 1});
});

test('journald gives entries of one moment the same time: what one lost is not cut out of another', () => {
	const cutter = redactor();
	const at = (message: string): Entry =>
		entryOf(message).map(([name, value]) => [name, /^__(?:REAL|MONO)/.test(name) ? '1714557600000000' : value]);
	const lines = ['apiKey=0a1b2c3d4e5f', 'nothing to be seen!', 'apiKey=5f6071829304'];
	expect(new Set(lines.map(({length}) => length)).size).toBe(1);
	expect(says(cutter, lines.map(at))).toEqual([
		'apiKey=‹redacted:key›',
		'nothing to be seen!',
		'apiKey=‹redacted:key›',
	]);
	expect(cutter.counts()).toEqual({key: 2});
});

test('lines of a one-shot, and stderr as it comes', () => {
	const cutter = redactor();
	const key = [BEGIN, ...BODY, LAST, END];
	const frames: FrameBody[] = key.map(text => ({t: 'out', ch: 5, unit: {kind: 'line', text}}));
	const said = `warning: ${key.join('\n')}\npostgres://ada:sw0rdfish@db and Bearer 0123456789abcdefABCDEF\n`;
	for (let at = 0; at < said.length; at += 37) frames.push({t: 'err', ch: 5, text: said.slice(at, at + 37)});
	const text = recorded(frames.flatMap(frame => cutter.frame(frame)));
	expect(text).not.toMatch(/MIIE|CAQEA|q8Zx|sw0rd|fish|456789|ABCDEF/);
	expect(text).toContain('warning: ');
	cutter.frame({t: 'exit', ch: 5, exit: {kind: 'exited', code: 0}});
	expect(cutter.held()).toMatchObject({blocks: 0, pieces: 0});
});

test('half an entry at the end of a channel may be the next line of a key', () => {
	const cutter = redactor();
	says(cutter, [BEGIN]);
	const [frame] = cutter.frame({t: 'exit', ch: 1, exit: {kind: 'truncated'}, rest: `MESSAGE=${BODY[0]}`});
	expect(frame).toMatchObject({rest: '‹redacted:pem›', exit: {kind: 'truncated'}});
});

test('what is kept is bounded', () => {
	const cutter = redactor();
	for (let sender = 0; sender < 6000; sender++) {
		const pid = String(sender);
		const [piece] = pieces(['apiKey="0a1b', '2c"'], `p${sender}`, {pid});
		says(cutter, [entryOf(BEGIN, {pid}), ...(piece === undefined ? [] : [piece])]);
	}
	const {blocks, pieces: lines, entries} = cutter.held();
	expect(blocks).toBeLessThanOrEqual(256);
	expect(lines).toBeLessThanOrEqual(64);
	expect(entries).toBeLessThanOrEqual(4096);
});
