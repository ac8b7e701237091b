import {afterEach, expect, test} from 'vitest';
import {DEVICE} from '../../../src/embedded/machine.ts';
import type {ConsentForm} from '../../../src/session/guard/consent.ts';
import {type Bench, type BenchOptions, bench} from './bench.ts';

let open: Bench[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.close();
	open = [];
});

async function started(options: BenchOptions = {}): Promise<Bench> {
	const one = await bench(options);
	open.push(one);
	return one;
}

const form: ConsentForm = {
	by: 'Ann Example',
	via: 'ticket',
	words: 'yes, please restart chrony',
	kind: 'customer',
	actions: 'any',
	units: 'any',
	minutes: 30,
};

const chrony = {kind: 'unit', unit: 'chronyd.service'} as const;

async function proposed(
	{session, until}: Bench,
	action: Parameters<typeof session.gate.propose>[0],
	subject: Parameters<typeof session.gate.propose>[1],
): Promise<void> {
	await session.gate.propose(action, subject);
	await until(() => session.gate.proposal?.phase !== 'reading');
}

test('a restart with consent is sent, by frames that stand before it, and proven by our own job', async () => {
	const one = await started();
	const {session} = one;
	expect(session.gate.consent(form)).toBe('');
	await proposed(one, 'unit.restart', chrony);
	expect(session.gate.proposal).toMatchObject({
		phase: 'ready',
		risk: 'disruptive',
		steps: [['systemctl', 'restart', '--no-block', '--show-transaction', '--', 'chronyd.service']],
		confirmation: {kind: 'yes'},
	});
	expect(await session.gate.confirm('y')).toBe('');
	await one.until(() => one.session.fold.guard.runs.some(({sentence}) => /hold for/.test(sentence)));
	const kinds = one.frames().map(({t}) => t);
	for (const [before, after] of [
		['ask', 'granted'],
		['consent', 'granted'],
		['granted', 'ran'],
	] as const)
		expect(kinds.indexOf(before)).toBeLessThan(kinds.indexOf(after));
	expect(kinds.filter(kind => kind === 'ran')).toHaveLength(1);
	expect(session.fold.guard.runs.at(-1)?.verdict).toBeNull();
});

test.each([
	['without consent', {}, () => '', 'y', /no permission on record/],
	[
		'in a session that only looks',
		{lookOnly: 'This session only looks (--look-only).'},
		(b: Bench) => b.session.gate.consent(form),
		'y',
		/only looks/,
	],
	['without a recording', {recorded: false}, () => '', 'y', /not recorded/],
	['not confirmed', {}, (b: Bench) => b.session.gate.consent(form), 'n', /not confirmed/],
	[
		'with consent for another unit',
		{},
		(b: Bench) => b.session.gate.consent({...form, units: ['dnsmasq.service']}),
		'y',
		/is for dnsmasq.service, not for chronyd.service/,
	],
	[
		'with consent for another action',
		{},
		(b: Bench) => b.session.gate.consent({...form, actions: ['unit.start']}),
		'y',
		/is not for this/,
	],
] as const)('refused %s: one sentence, and nothing is sent', async (_, options, prepare, answer, why) => {
	const sent: string[] = [];
	const one = await started({...options, sent: command => sent.push(command)});
	prepare(one);
	await proposed(one, 'unit.restart', chrony);
	expect(await one.session.gate.confirm(answer)).toMatch(why);
	expect(one.session.gate.proposal).toMatchObject({phase: 'refused'});
	expect(sent.filter(command => / restart /.test(command))).toEqual([]);
});

test('a consent that has ended allows nothing', async () => {
	const skew = {ms: 0};
	const one = await started({skew});
	one.session.gate.consent({...form, minutes: 1});
	await proposed(one, 'unit.restart', chrony);
	skew.ms = 61_000;
	expect(await one.session.gate.confirm('y')).toMatch(/has ended/);
});

test('what has changed since it was looked at is not acted on', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	const unit = one.device.units.find('chronyd.service');
	if (unit !== undefined) unit.invocation = '0'.repeat(32);
	expect(await one.session.gate.confirm('y')).toMatch(/has changed meanwhile/);
});

test('the engine wants the device’s short uuid typed, and nothing else will do', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'engine.restart', {kind: 'device'});
	const word = DEVICE.uuid.slice(0, 7);
	expect(one.session.gate.proposal?.confirmation).toEqual({kind: 'typed', word});
	expect(await one.session.gate.confirm('y')).toMatch(`is not “${word}”`);
	await proposed(one, 'engine.restart', {kind: 'device'});
	expect(await one.session.gate.confirm(word)).toBe('');
	expect(one.frames().filter(({t}) => t === 'ran')).toHaveLength(1);
});

test('a lost link between asking and confirming', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	one.cut();
	expect(await one.session.gate.confirm('y')).not.toBe('');
	expect(one.frames().filter(({t}) => t === 'ran')).toEqual([]);
});

test('sshd can’t be stopped by the road that it carries; its restart wants its name', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'unit.stop', {kind: 'unit', unit: 'sshd.socket'});
	expect(one.session.gate.proposal).toMatchObject({phase: 'refused', why: expect.stringMatching(/no way back/)});
	await proposed(one, 'unit.restart', {kind: 'unit', unit: 'sshd.socket'});
	expect(one.session.gate.proposal).toMatchObject({risk: 'self', confirmation: {kind: 'typed', word: 'sshd.socket'}});
});

test.each(['; reboot', '-h', 'a b.service', 'x.service\n', '$(id).service', '.service', ''])(
	'%j is no name of a unit',
	async unit => {
		const sent: string[] = [];
		const one = await started({sent: command => sent.push(command)});
		one.session.gate.consent(form);
		const before = sent.length;
		await proposed(one, 'unit.restart', {kind: 'unit', unit});
		expect(one.session.gate.proposal).toMatchObject({
			phase: 'refused',
			why: expect.stringMatching(/no name of a unit/),
		});
		expect(sent.slice(before).filter(command => command.includes('restart'))).toEqual([]);
	},
);

test.each([
	['by its whole uuid only', {own: [DEVICE.uuid]}],
	['where it is the machine that devtop runs on', {here: true}],
])('a device of our own is armed %s', async (_how, options) => {
	const own = {...form, by: 'me', via: 'own', words: '', kind: 'own'} as const;
	const stranger = await started({own: [DEVICE.uuid.slice(0, 7)]});
	expect(stranger.session.gate.consent(own)).toMatch(/not on the list of your own/);
	const mine = await started(options);
	expect(mine.session.gate.consent(own)).toBe('');
	await proposed(mine, 'unit.restart', chrony);
	expect(await mine.session.gate.confirm('y')).toBe('');
});

test('a session that ends before the proof says so', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	await one.session.gate.confirm('y');
	await one.session.stop();
	expect(one.frames().find(({t}) => t === 'verdict')).toMatchObject({
		verdict: {kind: 'not-proven', sentence: expect.stringMatching(/session ended before/)},
	});
});

test('a session that is ending sends nothing any more, though it was confirmed before', async () => {
	const sent: string[] = [];
	const one = await started({sent: command => sent.push(command)});
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	const confirmed = one.session.gate.confirm('y');
	one.session.gate.end();
	expect(await confirmed).toMatch(/session is ending/);
	expect(sent.filter(command => / restart /.test(command))).toEqual([]);
});

test('a dry run reads only its looks, takes no evidence, and can’t be confirmed', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await one.session.gate.propose('unit.restart', chrony, {dry: true});
	expect(one.session.gate.proposal).toMatchObject({phase: 'ready', evidence: {of: 0}});
	expect(await one.session.gate.confirm('y')).toBe('There is nothing to confirm.');
	const read = one.frames().flatMap(frame => (frame.t === 'open' && frame.for !== undefined ? [frame.source] : []));
	expect(read.filter(source => source !== 'guard-look')).toEqual([]);
});

test.each([
	[[], /No command was given/],
	[['-c', 'x'], /does not begin with a dash/],
	[['a\u0000b'], /can’t hold a NUL/],
])('a command of the words %j is refused', async (argv, why) => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'command.run', {kind: 'command', argv});
	expect(one.session.gate.proposal).toMatchObject({phase: 'refused', why: expect.stringMatching(why)});
});

test('other commands than those that were shown are not sent, though the unit is as it was', async () => {
	const sent: string[] = [];
	const one = await started({sent: command => sent.push(command)});
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	// Read anew, this systemd is an older one: its command has another word.
	const {fold} = one.session;
	if (fold.identity !== null) fold.identity = {...fold.identity, systemd: 240};
	expect(await one.session.gate.confirm('y')).toMatch(/has changed meanwhile/);
	expect(sent.filter(command => / restart /.test(command))).toEqual([]);
});

test('while something is being sent no other dialog takes its place', async () => {
	const one = await started();
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	const sending = one.session.gate.confirm('y');
	await one.session.gate.propose('unit.stop', chrony);
	expect(one.session.gate.proposal).toMatchObject({action: 'unit.restart', phase: 'sending'});
	expect(await sending).toBe('');
	expect(one.session.fold.guard.runs).toHaveLength(1);
});

test('a recording that is paused ends what was allowed, and allows nothing', async () => {
	const one = await started();
	const {gate, controls, fold} = one.session;
	gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	controls.pause('a customer’s order is on the screen');
	expect(fold.guard.consents).toEqual([]);
	expect(gate.consent(form)).toMatch(/is none, and the recording is paused/);
	await proposed(one, 'unit.restart', chrony);
	expect(await gate.confirm('y')).toMatch(/not recorded, and the recording is paused/);
	expect(one.frames().filter(({t}) => t === 'ran')).toEqual([]);
});

test('a disk that is full between asking and confirming', async () => {
	const disk = {full: false};
	const sent: string[] = [];
	const one = await started({disk, sent: command => sent.push(command)});
	one.session.gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	disk.full = true;
	expect(await one.session.gate.confirm('y')).toMatch(/the recording could not be written/);
	expect(sent.filter(command => / restart /.test(command))).toEqual([]);
});

test('a restart by somebody else in the minute after ours: not proven, and whose job it was is said', async () => {
	const one = await started();
	const {gate, fold} = one.session;
	gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	expect(await gate.confirm('y')).toBe('');
	await one.until(() => fold.guard.runs.some(({sentence}) => /hold for/.test(sentence)));
	one.device.exec('systemctl restart chronyd.service', {
		stdin: () => {},
		out: () => {},
		err: () => {},
		exit: () => {},
		onClosed: () => {},
	});
	await one.until(() => fold.guard.runs.at(-1)?.verdict !== null);
	expect(fold.guard.runs.at(-1)?.verdict).toMatchObject({
		kind: 'not-proven',
		sentence: expect.stringMatching(/started anew by another’s job \d+ since/),
	});
}, 30_000);

test('a second restart of our own on top of one that is not proven: warned of, and whose job it was is said', async () => {
	const one = await started();
	const {gate, fold} = one.session;
	gate.consent(form);
	await proposed(one, 'unit.restart', chrony);
	expect(await gate.confirm('y')).toBe('');
	await one.until(() => fold.guard.runs.some(({sentence}) => /hold for/.test(sentence)));
	await proposed(one, 'unit.restart', chrony);
	expect(gate.proposal?.findings).toContainEqual({
		weight: 'warns',
		text: expect.stringMatching(/^Our own “Restart the unit” is not proven yet/),
	});
	expect(await gate.confirm('y')).toBe('');
	await one.until(() => fold.guard.runs.some(({verdict}) => verdict !== null));
	expect(fold.guard.runs[0]?.verdict?.sentence).toMatch(/acted on again by our own job \d+ before a minute was over/);
}, 30_000);

test('a unit that is named by an alias weighs what it is, and PID 1’s word on our job is heard', async () => {
	const one = await started();
	const {gate, fold} = one.session;
	gate.consent(form);
	await proposed(one, 'unit.restart', {kind: 'unit', unit: 'balena-engine.service'});
	expect(gate.proposal).toMatchObject({risk: 'severe', confirmation: {kind: 'typed'}});
	await proposed(one, 'unit.restart', {kind: 'unit', unit: 'openvpn-resin.service'});
	expect(await gate.confirm('y')).toBe('');
	await one.until(() => fold.guard.runs.some(({sentence}) => /hold for/.test(sentence)));
}, 30_000);

test('lines of the unit that are on record already are named by cursor, and only older ones are read', async () => {
	const one = await started();
	const {session} = one;
	await one.until(() => session.fold.heldOf(chrony.unit)?.count !== undefined && session.fold.last !== null);
	const held = session.fold.heldOf(chrony.unit);
	await proposed(one, 'unit.restart', chrony);
	const ask = () => one.frames().find(frame => frame.t === 'open' && frame.source === 'unit-lines');
	await one.until(() => ask() !== undefined);
	if (held === null || held.count === 0) throw new Error('nothing of chronyd is held: the test says nothing');
	expect(ask()).toMatchObject({argv: expect.arrayContaining(['--reverse', `--cursor=${held.cursor}`])});
});

test('after a pause of the recording all of the unit’s newest lines are read', async () => {
	const one = await started();
	const {session} = one;
	await one.until(() => session.fold.last !== null);
	session.controls.pause('asked for it');
	session.controls.resume();
	expect(session.fold.heldOf(chrony.unit)).toBeNull();
});
