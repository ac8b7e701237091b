import {execFile} from 'node:child_process';
import {afterAll, afterEach, describe, expect, test} from 'vitest';
import type {Fact} from '../../src/domain/fact.ts';
import {type Ask, everything, type Source, type Unit} from '../../src/domain/source.ts';
import {type Section, tickLine} from '../../src/domain/tick.ts';
import {answer} from '../../src/embedded/answer.ts';
import {type EmbeddedDevice, startEmbeddedDevice} from '../../src/embedded/device.ts';
import {sources} from '../../src/sources/index.ts';
import {remoteCommand, STOP} from '../../src/transport/command.ts';
import {framerFor} from '../../src/transport/framing/framer.ts';
import {labDevice, labSshConfig} from './device.ts';

const TOKEN = '0123456789abcdef';

type Answer = {
	readonly units: readonly Unit[];
	readonly code: number | null;
	readonly rest: string;
	readonly err: string;
};

const framed = (source: Source, out: Uint8Array, err: string): Answer => {
	const framer = framerFor(source, TOKEN);
	const units = [...framer.push(out)];
	const end = framer.end();
	return {units: [...units, ...end.units], code: end.code, rest: end.rest, err};
};

/** Asks the lab's device over plain ssh. */
function real(command: string, stdin: string): Promise<{out: Buffer; err: string}> {
	return new Promise(resolve => {
		const child = execFile(
			'ssh',
			['-F', labSshConfig, 'dev1', command],
			{encoding: 'buffer', maxBuffer: 1 << 28, timeout: 30_000},
			(_error, out, err) => resolve({out, err: err.toString()}),
		);
		child.stdin?.end(stdin);
	});
}

/** What an answer is made of, without its values: what must be the same on both. */
function shape(source: Source, {units}: Answer): readonly string[] {
	const facts: Fact[] = units.flatMap(unit => [...source.read(unit)]);
	const found = new Set<string>();
	for (const fact of facts) {
		if (fact.kind === 'units' || fact.kind === 'failed')
			for (const {properties} of fact.changes)
				for (const name of Object.keys(properties)) found.add(`${fact.kind}.${name}`);
		else if (fact.kind === 'vitals')
			for (const [name, value] of Object.entries(fact.vitals))
				found.add(`vitals.${name}:${value === null ? 'null' : typeof value}`);
		else if (fact.kind === 'identity')
			for (const [name, value] of Object.entries(fact.identity))
				found.add(`identity.${name}:${value === null ? 'null' : typeof value}`);
		else if (fact.kind === 'engine') found.add(`engine:${fact.answer.kind}`);
		else found.add(fact.kind);
	}
	return [...found].sort();
}

/** Every field name of the entries, and in which transports they stand. */
function fields({units}: Answer): ReadonlySet<string> {
	const found = new Set<string>();
	for (const unit of units) if (unit.kind === 'entry') for (const [name] of unit.entry) found.add(name);
	return found;
}

describe.skipIf(labSshConfig === '')('the embedded device answers as the real one', () => {
	const dev1 = labSshConfig === '' ? (undefined as never) : labDevice('dev1');
	let device: EmbeddedDevice | null = null;
	afterEach(() => {
		device?.close();
		device = null;
	});
	afterAll(() => dev1.close());

	async function both(
		source: Source,
		ask: Ask,
		ticks: readonly (readonly Section[])[] = [],
	): Promise<{lab: Answer; embedded: Answer}> {
		device ??= startEmbeddedDevice({scene: 'quiet'});
		const command = remoteCommand(source.mode, source.argv(ask), TOKEN);
		const lines = ticks.map((sections, index) => tickLine(index + 1, sections));
		const stop = source.mode === 'once' ? [] : [STOP];
		const lab = await real(command, [...lines, ...stop].join(''));
		const embedded = await answer(
			device,
			command,
			[...lines, ...stop].map(line => line.trimEnd()),
		);
		return {lab: framed(source, lab.out, lab.err), embedded: framed(source, embedded.out, embedded.err)};
	}

	const ask: Ask = {scope: everything};

	test.each(['anchor', 'journal-history', 'trouble', 'story', 'kernel-history'] as const)(
		'%s: entries with the same fields, ended well',
		async id => {
			const {lab, embedded} = await both(sources[id], id === 'journal-history' ? {...ask, lines: 300} : ask);
			expect(embedded).toMatchObject({code: lab.code, rest: '', err: lab.err});
			expect(embedded.units.every(unit => unit.kind === 'entry')).toBe(true);
			for (const unit of embedded.units) expect(() => sources[id].read(unit)).not.toThrow();
			if (id !== 'journal-history') return;
			// A field that only the embedded device has would be an invention. A device that has just started has not said everything yet.
			const invented = async (): Promise<readonly string[]> => {
				const now = await both(sources[id], {...ask, lines: 2000});
				return [...fields(now.embedded)].filter(
					name =>
						!fields(now.lab).has(name) &&
						!/^(CONTAINER_PARTIAL|COREDUMP|EXIT_|JOB_|OBJECT_|N_DROPPED|_SYSTEMD_INVOC|_SOURCE_MONO)/.test(name),
				);
			};
			await expect.poll(invented, {timeout: 90_000, interval: 3000}).toEqual([]);
		},
	);

	test('older pages and pages forwards are inclusive on both', async () => {
		for (const id of ['journal-older', 'journal-forward'] as const) {
			for (const where of ['lab', 'embedded'] as const) {
				const history = (await both(sources['journal-history'], {...ask, lines: 50}))[where];
				const [fact] = history.units.slice(25, 26).flatMap(unit => [...sources['journal-history'].read(unit)]);
				if (fact?.kind !== 'journal') throw new Error('no entry to start from');
				const got = (await both(sources[id], {...ask, anchor: fact.record, lines: 10}))[where];
				const [first] = got.units.flatMap(unit => [...sources[id].read(unit)]);
				expect(first?.kind === 'journal' && first.record.cursor, `${id} on ${where}`).toBe(fact.record.cursor);
				expect(got.units).toHaveLength(10);
			}
		}
	}, 120_000);

	test('identity', async () => {
		const {lab, embedded} = await both(sources.identity, ask);
		expect(shape(sources.identity, embedded)).toEqual(shape(sources.identity, lab));
		expect(embedded).toMatchObject({code: lab.code, err: ''});
	});

	test('the sampler: whole at first, then what changed', async () => {
		const ticks = [
			['units', 'full', 'failed', 'vitals', 'pulls'],
			['units', 'vitals', 'pulls'],
		] as const;
		const {lab, embedded} = await both(sources.sampler, ask, ticks);
		expect(embedded).toMatchObject({code: lab.code, rest: '', err: ''});
		expect(embedded.units.map(unit => unit.kind)).toEqual(lab.units.map(unit => unit.kind));
		// Where cpu and cpuacct are mounted apart, CPUUsageNSec is not set, and so left out.
		const without = (names: readonly string[]) =>
			names.filter(name => !/^vitals\.(temperatures|vpn|swap)|^units\.CPUUsageNSec/.test(name));
		expect(without(shape(sources.sampler, embedded))).toEqual(without(shape(sources.sampler, lab)));
	});

	test('the engine: containers once, then silence', async () => {
		const {lab, embedded} = await both(sources.engine, ask, [['engine', 'disk'], ['engine']]);
		expect(embedded).toMatchObject({code: lab.code, rest: '', err: ''});
		expect(shape(sources.engine, embedded)).toEqual(shape(sources.engine, lab));
		expect(embedded.units.map(unit => sources.engine.read(unit).map(fact => fact.kind))).toEqual(
			lab.units.map(unit => sources.engine.read(unit).map(fact => fact.kind)),
		);
	});

	test.each([
		['systemctl is-active balena.service'],
		['systemctl is-active nosuch.service'],
		['nosuchcommand here'],
		['journalctl --nosuch'],
	])('%s', async line => {
		device ??= startEmbeddedDevice({scene: 'quiet'});
		const command = remoteCommand('once', line.split(' '), TOKEN);
		const lab = await real(command, '');
		const embedded = await answer(device, command);
		expect({out: Buffer.from(embedded.out).toString(), err: embedded.err}).toEqual({
			out: lab.out.toString(),
			err: lab.err,
		});
	});
});
