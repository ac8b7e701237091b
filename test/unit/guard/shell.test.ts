/** A shell through the gate: what refuses it, what ends it, and what of it is recorded. */
import {afterEach, expect, test} from 'vitest';
import type {ChannelReader, RemoteTerminal, Size} from '../../../src/domain/channel.ts';
import {secrets} from '../../../src/rules/secrets.ts';
import type {ConsentForm} from '../../../src/session/guard/consent.ts';
import type {Lend, Typing} from '../../../src/session/guard/shell.ts';
import {Redactor} from '../../../src/session/redactor.ts';
import {type Bench, type BenchOptions, bench} from './bench.ts';

let open: Bench[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.close();
	open = [];
});

const form: ConsentForm = {
	by: 'Ann Example',
	via: 'ticket',
	words: 'please have a look yourself',
	kind: 'customer',
	actions: 'any',
	units: 'any',
	minutes: 30,
};

/** The device's terminal, driven by the test. */
function deviceTerminal() {
	let reader: ChannelReader | null = null;
	let token = '';
	const typed: string[] = [];
	const sizes: Size[] = [];
	let closed = 0;
	const terminal: RemoteTerminal = {
		read: to => {
			reader = to;
		},
		write: text => typed.push(text),
		send: async () => true,
		pause: () => {},
		resume: () => {},
		resize: size => sizes.push(size),
		close: () => {
			closed++;
			reader?.end({kind: 'closed'});
		},
	};
	return {
		typed,
		sizes,
		closed: () => closed,
		says: (text: string | Uint8Array) => reader?.out(Buffer.from(text)),
		exits: (code: number) => {
			reader?.out(Buffer.from(`__DEVTOP_${token}=${code}\r\n\r\n`));
			reader?.end({kind: 'closed'});
		},
		loses: (why: string) => reader?.end({kind: 'lost', why}),
		openTerminal: async (command: string) => {
			token = / devtop ([0-9a-f]+) /.exec(command)?.[1] ?? '';
			return terminal;
		},
	};
}

/** The operator's terminal. */
function ownTerminal() {
	let to: Typing | null = null;
	const shown: Uint8Array[] = [];
	let lent = 0;
	let back = 0;
	const lend: Lend = typing => {
		to = typing;
		lent++;
		return {
			size: {columns: 80, rows: 24},
			show: bytes => {
				shown.push(Uint8Array.from(bytes));
				return true;
			},
			back: () => {
				back++;
			},
		};
	};
	return {lend, shown: () => Buffer.concat(shown).toString(), lent: () => lent, back: () => back, to: () => to};
}

async function started(options: BenchOptions = {}, screen = true) {
	const there = deviceTerminal();
	const own = ownTerminal();
	const sent: string[] = [];
	const one = await bench({openTerminal: there.openTerminal, sent: command => sent.push(command), ...options});
	open.push(one);
	if (screen) one.session.gate.lend(own.lend);
	const confirm = async (): Promise<string> => {
		await one.session.gate.propose('shell.open', {kind: 'device'});
		await one.until(() => one.session.gate.proposal?.phase !== 'reading');
		return one.session.gate.confirm('y');
	};
	/** Opens it; `ended` settles with the gate's answer. */
	const shell = async (): Promise<{readonly ended: Promise<string>}> => {
		const ended = confirm();
		await one.until(() => own.shown().includes('Opening a shell on'));
		await one.until(() => sent.some(command => / devtop [0-9a-f]+ sh -c /.test(command) && command.includes('SHELL')));
		await new Promise(resolve => setImmediate(resolve));
		return {ended};
	};
	const wasSent = (): boolean => sent.some(command => command.includes('SHELL'));
	return {one, there, own, confirm, shell, wasSent, gate: one.session.gate};
}

test.each([
	['without consent', {}, () => '', /no permission on record/],
	[
		'in a session that only looks',
		{lookOnly: 'This session only looks (--look-only).'},
		(b: Bench) => b.session.gate.consent(form),
		/only looks/,
	],
	['without a recording', {recorded: false}, () => '', /not recorded/],
	[
		'with consent for another action',
		{},
		(b: Bench) => b.session.gate.consent({...form, actions: ['unit.restart']}),
		/is not for this/,
	],
	[
		'with consent for some units',
		{},
		(b: Bench) => b.session.gate.consent({...form, units: ['chronyd.service']}),
		/is for chronyd.service, not for all that a shell reaches/,
	],
] as const)('refused %s: one sentence, and none is opened', async (_, options, prepare, why) => {
	const {one, own, confirm, wasSent} = await started(options);
	prepare(one);
	expect(await confirm()).toMatch(why);
	expect(wasSent()).toBe(false);
	expect(own.lent()).toBe(0);
});

test('refused where the consent has ended, the recording is paused, the disk is full, or nobody has a terminal', async () => {
	const skew = {ms: 0};
	const disk = {full: false};
	const {one, gate, own, confirm, wasSent} = await started({skew, disk});
	gate.consent({...form, minutes: 1});
	skew.ms = 61_000;
	expect(await confirm()).toMatch(/has ended/);
	one.session.controls.pause('lunch');
	gate.consent(form);
	expect(await confirm()).toMatch(/the recording is paused/);
	one.session.controls.resume();
	await one.until(() => gate.consent(form) === '');
	gate.lend(null);
	expect(await confirm()).toMatch(/needs a terminal/);
	gate.lend(own.lend);
	disk.full = true;
	expect(await confirm()).toMatch(/could not be written/);
	expect(wasSent()).toBe(false);
	expect(own.lent()).toBe(0);
});

test('consent and grant stand on the disk before it opens; it interrupts work, for all that is known', async () => {
	const {one, gate, there, shell} = await started();
	gate.consent(form);
	const {ended} = await shell();
	const kinds = one.synced().map(({t}) => t);
	expect(kinds.filter(kind => ['consent', 'granted', 'ran'].includes(kind))).toEqual(['consent', 'granted', 'ran']);
	expect(one.frames().find(({t}) => t === 'granted')).toMatchObject({risk: 'disruptive', confirmed: 'yes'});
	there.exits(0);
	expect(await ended).toBe('');
});

test('keys, resize and ctrl-c go to the device; what comes is shown as it is, and recorded plain, in lines', async () => {
	const {one, gate, there, own, shell} = await started({redactor: new Redactor(secrets)});
	gate.consent(form);
	const {ended} = await shell();
	own.to()?.typed('never-shown\r');
	own.to()?.typed('\x03');
	own.to()?.resized({columns: 20, rows: 10});
	expect(there.typed).toEqual(['never-shown\r', '\x03']);
	expect(there.sizes).toEqual([{columns: 20, rows: 10}]);
	// A secret in two reads, with a colour in it, over two rows, and in the midst of a character.
	there.says('\x1b]0;title\x07\x1b[1mpassw');
	there.says('\x1b[32mord=hunter');
	there.says(Buffer.from('2ü').subarray(0, 2));
	there.says(Buffer.from('ü').subarray(1));
	there.says('hunter3\r\n');
	there.says('\x1b[31mred\x1b[0m\x07\r\n# ');
	expect(own.shown()).toContain('\x1b[32mord=hunter2ühunter3\r\n\x1b[31mred\x1b[0m\x07');
	there.exits(3);
	expect(await ended).toBe('');
	expect(own.back()).toBe(1);
	await one.until(() => one.frames().some(({t}) => t === 'verdict'));
	const frames = one.frames();
	const ran = frames.find(frame => frame.t === 'ran');
	const said = frames.flatMap(frame =>
		frame.t === 'out' && ran?.t === 'ran' && frame.ch === ran.ch && frame.unit.kind === 'line' ? [frame.unit.text] : [],
	);
	expect(said).toEqual([expect.stringMatching(/^password=‹redacted:[\w-]+›$/), 'red']);
	const all = JSON.stringify(frames);
	for (const secret of ['hunter', 'never-shown']) expect(all).not.toContain(secret);
	expect(JSON.stringify(said)).not.toContain('\\u001b');
	expect(frames.find(frame => frame.t === 'exit' && ran?.t === 'ran' && frame.ch === ran.ch)).toMatchObject({
		exit: {kind: 'exited', code: 3},
		rest: '#',
	});
});

test.each([
	[
		'the permission ends',
		(_b: Bench, skew: {ms: number}) => {
			skew.ms = 61_000;
		},
		/the permission by Ann Example has ended/,
	],
	['it is disarmed', (b: Bench) => void b.session.gate.disarm('by the operator'), /nothing is armed any more/],
	['the recording is paused', (b: Bench) => b.session.controls.pause('lunch'), /recording was paused/],
	['the session ends', (b: Bench) => void b.session.stop(), /the session ends/],
] as const)('it is closed where %s, and says so', async (_, happens, why) => {
	const skew = {ms: 0};
	const {one, gate, there, own, shell} = await started({skew});
	gate.consent({...form, minutes: 1});
	const {ended} = await shell();
	happens(one, skew);
	await ended;
	expect(there.closed()).toBeGreaterThan(0);
	expect(own.shown()).toMatch(why);
	expect(own.back()).toBe(1);
});

test('it is closed where the disk is full: nothing goes on that is not recorded', async () => {
	const disk = {full: false};
	const {gate, there, own, shell} = await started({disk});
	gate.consent(form);
	const {ended} = await shell();
	disk.full = true;
	await ended;
	expect(there.closed()).toBeGreaterThan(0);
	expect(own.shown()).toMatch(/not recorded any more/);
	expect(own.back()).toBe(1);
});

test('the link is lost under it: said, not proven, and the terminal is given back', async () => {
	const {one, gate, there, own, shell} = await started();
	gate.consent(form);
	const {ended} = await shell();
	there.loses('the cable was pulled');
	expect(await ended).toBe('');
	expect(own.shown()).toContain('is lost with the link: the cable was pulled');
	expect(own.back()).toBe(1);
	await one.until(() => one.frames().some(({t}) => t === 'verdict'));
	expect(one.frames().find(({t}) => t === 'verdict')).toMatchObject({verdict: {kind: 'not-proven'}});
});

test('~. leaves one that does not open, and it is closed if it opens later', async () => {
	const there = deviceTerminal();
	let opens = (): void => {};
	const {gate, own, shell} = await started({
		openTerminal: async command => {
			await new Promise<void>(resolve => {
				opens = resolve;
			});
			return there.openTerminal(command);
		},
	});
	gate.consent(form);
	const {ended} = await shell();
	own.to()?.typed('~.');
	expect(await ended).toBe('');
	expect(own.shown()).toContain('was closed: you left it');
	expect(own.back()).toBe(1);
	opens();
	await expect.poll(there.closed).toBeGreaterThan(0);
});
