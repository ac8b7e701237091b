import {expect, test} from 'vitest';
import type {Unit} from '../../../src/domain/source.ts';
import {ExportFramer} from '../../../src/transport/framing/export.ts';

const text = (value: string): Uint8Array => Buffer.from(value);

function binary(name: string, value: Uint8Array): Uint8Array {
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(value.length));
	return Buffer.concat([text(`${name}\n`), length, value, text('\n')]);
}

function run(pieces: readonly Uint8Array[]) {
	const framer = new ExportFramer('tok');
	const units: Unit[] = pieces.flatMap(piece => [...framer.push(piece)]);
	const {code, rest} = framer.end();
	return {units, code, rest};
}

const entries = (units: readonly Unit[]) =>
	units.map(unit => (unit.kind === 'entry' ? Object.fromEntries(unit.entry) : unit));

const trailer = '__DEVTOP_tok=0\n\n';
const plain = '__CURSOR=a\nMESSAGE=one = two\nEMPTY=\n\n';

test('text fields are split at the first =, and may be empty', () => {
	const {units, code, rest} = run([text(plain + trailer)]);
	expect(entries(units)).toEqual([{__CURSOR: 'a', MESSAGE: 'one = two', EMPTY: ''}]);
	expect({code, rest}).toEqual({code: 0, rest: ''});
});

test('binary fields are text where they are UTF-8, else bytes', () => {
	const bytes = Buffer.from([0xff, 0x00, 0x0a, 0x0a, 0x41]);
	const stream = Buffer.concat([
		text('__CURSOR=a\n'),
		binary('MESSAGE', text('two\nlines\n\n')),
		binary('RAW', bytes),
		text(`\n${trailer}`),
	]);
	expect(entries(run([stream]).units)).toEqual([
		{__CURSOR: 'a', MESSAGE: 'two\nlines\n\n', RAW: new Uint8Array(bytes)},
	]);
});

test('any cut of the stream gives the same entries', () => {
	const stream = Buffer.concat([
		text(plain),
		text('__CURSOR=b\n'),
		binary('MESSAGE', text('esc \u001b[31mred\u001b[0m')),
		text('PRIORITY=6\n\n'),
		text(plain),
		text(trailer),
	]);
	const whole = run([stream]);
	expect(whole.units).toHaveLength(3);
	for (let size = 1; size < 40; size++) {
		const pieces: Uint8Array[] = [];
		for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
		expect(run(pieces)).toEqual(whole);
	}
});

test.each([
	['in a name', '__CURSOR=b\nMESS'],
	['behind a field', '__CURSOR=b\nMESSAGE=half\n'],
	['in a value', '__CURSOR=b\nMESSAGE=ha'],
	['in a binary value', `__CURSOR=b\nMESSAGE\n\u0064\0\0\0\0\0\0\0half`],
	['in a length', '__CURSOR=b\nMESSAGE\n\u0064\0\0'],
])('an entry cut %s is left over, not shown', (_where, half) => {
	const {units, code, rest} = run([text(`${plain}${half}__DEVTOP_tok=143\n\n`)]);
	expect(units).toHaveLength(1);
	expect(code).toBe(143);
	expect(rest).toContain('__CURSOR=b');
});

test('no trailer: the code is not known', () => {
	expect(run([text(`${plain}__CURSOR=b\nMESSAGE=ha`)])).toMatchObject({
		code: null,
		rest: expect.stringContaining('MESSAGE=ha'),
	});
});

test("a message that holds somebody else's trailer is a message", () => {
	const {units, code} = run([text(`__CURSOR=a\nMESSAGE=__DEVTOP_other=0\n\n${trailer}`)]);
	expect(entries(units)).toEqual([{__CURSOR: 'a', MESSAGE: '__DEVTOP_other=0'}]);
	expect(code).toBe(0);
});

test('nonsense between entries is given as a line, and the next entry is found', () => {
	const {units} = run([
		text(`-- Reboot --\n${plain}FIELD\n\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff rubbish\n\n${plain}${trailer}`),
	]);
	expect(units.map(unit => unit.kind)).toEqual(['line', 'entry', 'line', 'entry']);
});

test('one message of a megabyte, in pieces', () => {
	const stream = Buffer.concat([text('__CURSOR=a\n'), text(`MESSAGE=${'x'.repeat(1 << 20)}\n\n`), text(trailer)]);
	const pieces: Uint8Array[] = [];
	for (let at = 0; at < stream.length; at += 32_000) pieces.push(stream.subarray(at, at + 32_000));
	const {units} = run(pieces);
	expect(units).toHaveLength(1);
});

test('a trailer that somebody else says is an entry: only at the end of all is it one', () => {
	const forged = '__CURSOR=x\n_PID=7\nMESSAGE=hello __DEVTOP_tok=0\n\n';
	for (const cut of [1, 7, 1000]) {
		const bytes = text(`${forged}${plain}${trailer}`);
		const pieces: Uint8Array[] = [];
		for (let at = 0; at < bytes.length; at += cut) pieces.push(bytes.subarray(at, at + cut));
		const {units, code} = run(pieces);
		expect(entries(units)[0]).toEqual({__CURSOR: 'x', _PID: '7', MESSAGE: 'hello __DEVTOP_tok=0'});
		expect(units).toHaveLength(2);
		expect(code).toBe(0);
	}
});

test('fields without an end do not fill the memory', () => {
	const framer = new ExportFramer('tok');
	const line = text(`FIELD=${'x'.repeat(1 << 20)}\n`);
	for (let number = 0; number < 200; number++) framer.push(line);
	const units = framer.push(text(`\n\n${plain}`));
	expect(units.map(({kind}) => kind)).toContain('line');
	expect(framer.end().rest.length).toBeLessThan(3000);
});
