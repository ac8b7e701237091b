import {expect, test} from 'vitest';
import type {FrameBody} from '../../../src/domain/frame.ts';
import {ownRule} from '../../../src/domain/secret.ts';
import {everything} from '../../../src/domain/source.ts';
import {harmless, secrets} from '../../../src/rules/secrets.ts';
import {sources} from '../../../src/sources/index.ts';
import {randomOf} from '../../support/chance.ts';
import {CUT, entryOf, messageOf, open, out, recorded, redactor, says, tick, words} from './redact-support.ts';

test.each(CUT)('%s is cut out of %j', (id, line, parts) => {
	const cutter = redactor();
	const [said = ''] = says(cutter, [line]);
	expect(said).toContain(`‹redacted:${id}›`);
	for (const part of parts) expect(said).not.toContain(part);
	expect(Object.keys(cutter.counts())).toContain(id);
	// What was cut is not cut again.
	expect(says(redactor(), [said])).toEqual([said]);
});

const KEPT = [...secrets.flatMap(({id, samples}) => samples.kept.map(line => [id, line] as const))];
test.each([...KEPT, ...harmless.map(line => ['nothing', line] as const)])('%s leaves %j alone', (_id, line) => {
	const cutter = redactor();
	for (const frame of [
		out(entryOf(line)),
		{t: 'out', ch: 1, unit: {kind: 'line', text: line}},
		{t: 'out', ch: 1, unit: {kind: 'block', tick: 1, text: line}},
		{t: 'err', ch: 2, text: `${line}\n`},
		{t: 'exit', ch: 2, exit: {kind: 'exited', code: 0}, rest: line},
	] satisfies FrameBody[])
		expect(cutter.frame(frame)[0]).toBe(frame);
	expect(cutter.counts()).toEqual({});
});

test.each(CUT)('%s: the text around %j stays as it is', (_id, line, parts) => {
	const random = randomOf(line.length);
	const [alone = ''] = says(redactor(), [line]);
	for (let round = 0; round < 40; round++) {
		const space = [' ', '\n', '\t', ' | '][round % 4];
		const before = `${words(random, round % 9)}${space}`;
		const after = `${space}${words(random, round % 7)}`;
		const [said = ''] = says(redactor(), [before + line + after]);
		expect(said).toBe(before + alone + after);
		for (const part of parts) expect(said).not.toContain(part);
	}
});

test.each(CUT)('%s: nothing of %j comes through any frame', (_id, line, parts) => {
	const cutter = redactor();
	const bytes = Buffer.concat([Buffer.from([0xff, 0xc3]), Buffer.from(line), Buffer.from([0xe9])]);
	const frames: FrameBody[] = [
		out(entryOf(line)),
		out(entryOf(new Uint8Array(bytes), {more: [['_CMDLINE', line]]})),
		{t: 'out', ch: 1, unit: {kind: 'line', text: line}},
		{t: 'out', ch: 1, unit: {kind: 'block', tick: 1, text: `a\n${line}\nb`}},
		{t: 'err', ch: 1, text: `${line}\n`},
		open(3, ['--grep', line]),
		{t: 'link', link: {kind: 'waiting', attempt: 1, next: 2, why: `The device says: ${line}`}},
		{t: 'link', link: {kind: 'refused', why: line}},
		{t: 'exit', ch: 1, exit: {kind: 'lost', why: line}, rest: `MESSAGE=${line}`},
		// What the operator writes, or a customer said.
		{t: 'note', text: line},
		{t: 'todo', text: line},
		{t: 'pause', reason: line},
		{t: 'disarm', why: line},
		{
			t: 'ask',
			id: 1,
			action: 'unit.stop',
			title: 'Stop a unit',
			subject: {kind: 'command', argv: ['sh', '-c', line]},
			request: line,
		},
		{
			t: 'consent',
			consent: {
				id: 1,
				by: line,
				via: line,
				words: line,
				kind: 'customer',
				actions: 'any',
				units: 'any',
				device: 'd',
				untilMs: 1,
			},
		},
	];
	const lines = recorded(frames.flatMap(frame => cutter.frame(frame)));
	const decoded = [...lines.matchAll(/"b64":"([^"]+)"/g)].map(([, text = '']) =>
		Buffer.from(text, 'base64').toString(),
	);
	for (const part of parts)
		for (const text of [lines, ...decoded]) {
			expect(text).not.toContain(part);
			expect(text).not.toContain(JSON.stringify(part).slice(1, -1));
		}
});

test('bytes around a secret that are no text stay what they are', () => {
	const value = new Uint8Array([0xff, 0x00, ...Buffer.from('apiKey=0a1b2c3d '), 0xc3, 0x28]);
	const said = messageOf(redactor().frame(out(entryOf(value))));
	expect(said).toEqual(new Uint8Array([0xff, 0x00, ...Buffer.from('apiKey=‹redacted:key› '), 0xc3, 0x28]));
	const harmlessBytes = out(entryOf(new Uint8Array([0xff, 0xfe, 0x41])));
	expect(redactor().frame(harmlessBytes)[0]).toBe(harmlessBytes);
});

test('journald’s own fields and the names of fields are left alone', () => {
	const frame = out([
		['__CURSOR', 'apiKey=0a1b2c3d'],
		['APIKEY', 'x'],
		['MESSAGE', 'hello'],
	]);
	expect(redactor().frame(frame)[0]).toBe(frame);
});

test('a password of its own in argv is cut, our own words are not', () => {
	const [frame] = redactor([ownRule('own', '77aa')]).frame(
		open(1, ['--password', 'sword fish', '--token', '-x', '--apikey=77', 'plain']),
	);
	expect(frame).toMatchObject({
		token: '77aa77aa',
		argv: ['journalctl', '--password', '‹redacted:password›', '--token', '-x', '--apikey=‹redacted:key›', 'plain'],
	});
});

test('what devtop itself asks is recorded as it is', () => {
	const anchor = {cursor: 's=0a1b2c;i=1f4;b=00112233;m=5f;t=5d;x=9f', boot: '00112233445566778899aabbccddeeff'};
	for (const {id, argv} of Object.values(sources)) {
		const frame: FrameBody = {
			t: 'open',
			ch: 1,
			source: id,
			argv: argv({scope: everything, anchor, unit: 'balena.service'}),
			token: 'a1b2c3d4e5f60718',
		};
		expect(redactor().frame(frame)[0]).toBe(frame);
	}
});

test('with a tick comes what was cut since the last one, and before the end', () => {
	const cutter = redactor();
	says(cutter, ['apiKey=0a1b2c3d', 'apiKey=0a1b2c3d psk=0a1b2c3d']);
	expect(cutter.frame(tick)).toEqual([
		tick,
		{t: 'redacted', rule: 'key', count: 2},
		{t: 'redacted', rule: 'psk', count: 1},
	]);
	expect(cutter.frame(tick)).toEqual([tick]);
	says(cutter, ['apiKey=0a1b2c3d']);
	const bye: FrameBody = {t: 'bye', lines: 3};
	expect(cutter.frame(bye)).toEqual([{t: 'redacted', rule: 'key', count: 1}, bye]);
	expect(cutter.rest()).toEqual([]);
	expect(cutter.counts()).toEqual({key: 3, psk: 1});
});

test('the operator’s own patterns are cut by their names, and a group of theirs', () => {
	const cutter = redactor([
		ownRule('order', '\\bACME-\\d+'),
		ownRule('serial', '[Ss]erial (?<secret>\\w+)'),
		ownRule('nil', 'x*'),
	]);
	expect(says(cutter, ['id ACME-123, Serial abc, apiKey=0a1b2c3d', 'nothing'])).toEqual([
		'id ‹redacted:order›, Serial ‹redacted:serial›, apiKey=‹redacted:key›',
		'nothing',
	]);
	expect(cutter.counts()).toEqual({order: 1, serial: 1, key: 1});
	expect(says(redactor([ownRule('mark', 'redacted')]), ['apiKey=0a1b2c3d'])).toEqual(['apiKey=‹redacted:key›']);
});

test('a secret of an own pattern is found wherever in a long line it stands, and however long it is', () => {
	for (let before = 1900; before < 2200; before += 7) {
		const line = `${'.'.repeat(before)} ACME-${'7'.repeat(300)} ${'.'.repeat(3000)}`;
		const [said = ''] = says(redactor([ownRule('order', '\\bACME-\\d+')]), [line]);
		expect(said).toBe(line.replace(/ACME-7+/, '‹redacted:order›'));
	}
	const [long = ''] = says(redactor([ownRule('blob', '#[0-9a-f]+')]), [`a #${'0f'.repeat(20_000)} z`]);
	expect(long).toBe('a ‹redacted:blob› z');
	// Nobody looks for the end of one that is longer than all reason.
	const [endless = ''] = says(redactor([ownRule('blob', '#[0-9a-f]+')]), [`a #${'0f'.repeat(100_000)} z`]);
	expect(endless).toBe('a ‹redacted:blob›');
});

test('a sentence for the terminal', () => {
	expect(redactor().text('https://ada:sw0rdfish@host refused')).toBe('https://ada:‹redacted:url›@host refused');
});

test('rules are written as rules are', () => {
	expect(new Set(secrets.map(({id}) => id)).size).toBe(secrets.length);
	for (const {id, find, begun, hint, samples} of secrets) {
		expect(id).toMatch(/^[\w-]+$/);
		expect(find.flags).toMatch(/^dgi?$/);
		expect(begun?.flags ?? 'd').toMatch(/^di?$/);
		expect(samples.cut.length * samples.kept.length).toBeGreaterThan(0);
		for (const [line, ...parts] of samples.cut) {
			expect(parts.length).toBeGreaterThan(0);
			expect(line).toMatch(new RegExp(hint, 'i'));
			for (const part of parts) expect(line).toContain(part);
		}
	}
});
