import {afterEach, expect, test} from 'vitest';
import type {ActionId, Subject} from '../../src/domain/guard.ts';
import {DEVICE} from '../../src/embedded/machine.ts';
import {type Condition, conditions} from '../../src/session/guard/conditions.ts';
import type {ConsentForm} from '../../src/session/guard/consent.ts';
import {randomOf} from '../support/chance.ts';
import {type Bench, bench} from '../unit/guard/bench.ts';
import {onlyReads, type Truth, wrongWith} from '../unit/guard/oracle.ts';

let running: Bench | null = null;
afterEach(async () => {
	await running?.close();
	running = null;
});

type Count = {sequences: number; operations: number; dispatched: number; wrong: string[]};

const UNITS = [
	'chronyd.service',
	'dnsmasq.service',
	'avahi-daemon.service',
	'balena.service',
	'sshd.socket',
	'no-such.service',
];
const ACTIONS: readonly (readonly [ActionId, Subject['kind']])[] = [
	['unit.restart', 'unit'],
	['unit.start', 'unit'],
	['unit.stop', 'unit'],
	['supervisor.restart', 'device'],
	['engine.restart', 'device'],
	['units.reload', 'device'],
	['shell.open', 'device'],
];

/** Operations, by their place, that are done more often where a condition is missing: to see it missed without a day's waiting. */
const FAVOURED: Readonly<Record<string, readonly number[]>> = {
	'consent holds': [6],
	'consent is for this unit': [0],
	'consent is for this device': [9],
	'no check blocks': [8],
	'basis is the same': [7],
};

/**
 * Random operations against a real session over the embedded device; the oracle looks at each command that arrives.
 *
 * @param sequences each begins look-only, and has up to twelve operations.
 */
async function drive(seed: number, sequences: number, without: string | null, lookOnly = false): Promise<Count> {
	const next = randomOf(seed);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
	const count: Count = {sequences: 0, operations: 0, dispatched: 0, wrong: []};
	const skew = {ms: 0};
	let host = 'one';
	let answer = '';
	let shown = '';
	let updating = false;
	const table: readonly Condition[] = conditions.filter(({name}) => name !== without);
	const unitOf = (subject: Subject, action: string): string =>
		subject.kind === 'unit'
			? subject.unit
			: action === 'engine.restart'
				? 'balena.service'
				: 'balena-supervisor.service';
	let lastAction = '';
	const stateOf = (subject: Subject): string => {
		const unit = running?.device.units.find(unitOf(subject, lastAction));
		return lastAction === 'units.reload' || lastAction === 'shell.open' ? '' : `${unit?.active} ${unit?.invocation}`;
	};
	const truth: Truth = {
		lookOnly,
		// Without a uuid a device is known by its host name: another one can answer at the same address.
		device: () => host,
		answer: () => answer,
		word: (action, subject) =>
			action === 'engine.restart'
				? host
				: subject.kind === 'unit' && action !== 'unit.start' && /^(?:balena\.service|sshd\.socket)$/.test(subject.unit)
					? subject.unit
					: 'y',
		shown: () => shown,
		state: stateOf,
		blocked: action => updating && (action === 'supervisor.restart' || action === 'engine.restart'),
	};
	const one = await bench({
		skew,
		conditions: table,
		lookOnly: lookOnly ? 'This session only looks.' : '',
		said: text => text.replace(/^uuid .*$/m, '').replace(/^host .*$/m, `host ${host}`),
		sent: command => {
			if (onlyReads(command)) return;
			count.dispatched++;
			const wrong =
				running === null ? 'before anything was there' : wrongWith(command, running.synced(), truth, running.device);
			if (wrong !== '') count.wrong.push(wrong);
		},
	});
	running = one;
	const {session, device} = one;
	const {gate, fold} = session;
	gate.lend(() => ({size: {columns: 80, rows: 24}, show: () => true, back: () => {}}));
	const form = (): ConsentForm => ({
		by: pick(['Ann', '', 'Bo']),
		via: pick(['ticket', 'phone']),
		words: pick(['yes, do it', 'ok', '']),
		kind: pick(['customer', 'customer', 'customer', 'own']),
		actions: pick(['any', 'any', [pick(ACTIONS)[0]]] as const),
		units: pick(['any', 'any', [pick(UNITS)]] as const),
		minutes: pick([1, 30, 0]),
	});
	const operations: (() => Promise<void> | void)[] = [
		() => void gate.consent(form()),
		() => void gate.consent({...form(), by: 'Ann', words: 'yes', kind: 'customer', minutes: 30}),
		async () => {
			const [action, kind] = pick(ACTIONS);
			const subject: Subject = kind === 'unit' ? {kind: 'unit', unit: pick(UNITS)} : {kind: 'device'};
			lastAction = action;
			await gate.propose(action, subject);
			shown = stateOf(subject);
		},
		async () => {
			const {proposal} = gate;
			const word = proposal?.confirmation.kind === 'typed' ? proposal.confirmation.word : 'y';
			answer = pick([word, word, word, word, 'y', 'n', '', 'balena.service']);
			await gate.confirm(answer);
		},
		() => void gate.disarm('random'),
		() => void gate.cancel(),
		() => {
			skew.ms += pick([1000, 61_000, 31 * 60_000]);
		},
		() => {
			// Somebody else restarts it, most often the very unit that the dialog is about.
			const subject = gate.proposal?.subject;
			const unit = device.units.find(subject === undefined || next() < 0.3 ? pick(UNITS) : unitOf(subject, lastAction));
			if (unit !== undefined && next() < 0.5)
				unit.invocation = Math.floor(next() * 2 ** 52)
					.toString(16)
					.padStart(32, '0');
		},
		() => {
			updating = next() < 0.3;
			const unit = device.units.find('update-balena-supervisor.service');
			if (unit !== undefined) device.units.enter(unit, updating ? 'active' : 'inactive', updating ? 'running' : 'dead');
		},
		() => {
			// Another device answers at the same address from here on.
			host = pick(['one', 'one', 'two']);
			if (fold.identity !== null) fold.identity = {...fold.identity, hostname: host, uuid: null};
		},
	];
	const favoured = FAVOURED[without ?? ''] ?? [];
	const weights = [2, 3, 6, 8, 0.4, 0.4, 0.6, 1, 0.7, 0.5].map(
		(weight, index) => weight * (favoured.includes(index) ? 5 : 1),
	);
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	const operation = (): (() => Promise<void> | void) => {
		let at = next() * total;
		for (const [index, weight] of weights.entries()) {
			at -= weight;
			if (at <= 0) return operations[index] ?? operations[0] ?? (() => {});
		}
		return operations[0] ?? (() => {});
	};
	for (; count.sequences < sequences && count.wrong.length === 0; count.sequences++) {
		gate.cancel();
		gate.disarm('the next sequence');
		for (let step = 3 + Math.floor(next() * 10); step > 0; step--) {
			count.operations++;
			await operation()();
		}
	}
	await one.close();
	running = null;
	return count;
}

test('whatever is done in whatever order: no command without ask, consent and grant on the disk before it', async () => {
	let all = {sequences: 0, operations: 0, dispatched: 0};
	for (const seed of [1, 2, 3, 4, 5]) {
		const {sequences, operations, dispatched, wrong} = await drive(seed, 400, null);
		expect(wrong).toEqual([]);
		all = {
			sequences: all.sequences + sequences,
			operations: all.operations + operations,
			dispatched: all.dispatched + dispatched,
		};
	}
	console.log(`the gate: ${all.sequences} sequences of ${all.operations} operations, ${all.dispatched} commands sent`);
	expect(all.dispatched).toBeGreaterThan(all.sequences * 0.05);
}, 240_000);

test('a session that only looks sends nothing, whatever is done', async () => {
	expect(await drive(7, 200, null, true)).toMatchObject({dispatched: 0, wrong: []});
}, 120_000);

test.each(conditions.map(({name}) => name).filter(name => name !== 'recorded'))(
	'without the condition “%s” a command gets through that must not',
	async name => {
		let wrong: string[] = [];
		for (let seed = 11; seed < 21 && wrong.length === 0; seed++)
			({wrong} = await drive(seed, 300, name, name === 'not look-only'));
		expect(wrong).not.toEqual([]);
	},
	240_000,
);

test('the device is the one of the captures', () => expect(DEVICE.uuid).toMatch(/^[0-9a-f]{32}$/));
