import {afterEach, expect, test} from 'vitest';
import {actionOf} from '../../../src/actions/index.ts';
import {
	type Observed,
	type Readings,
	type SupervisorReading,
	type UnitReading,
	unread,
} from '../../../src/domain/guard.ts';
import {DEVICE} from '../../../src/embedded/machine.ts';
import {DATABASE} from '../../../src/embedded/supervisor-files.ts';
import {toSupervised} from '../../../src/sources/supervisor.ts';
import {type Bench, type BenchOptions, bench} from './bench.ts';

let open: Bench[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.close();
	open = [];
});

const DEVICE_ITSELF = {kind: 'device'} as const;
const WORD = DEVICE.uuid.slice(0, 7);
const reset = actionOf('supervisor.reset');
const start = actionOf('supervisor.start');

async function started(options: BenchOptions = {}): Promise<Bench> {
	const one = await bench(options);
	open.push(one);
	one.session.gate.consent({
		by: 'Ann Example',
		via: 'ticket',
		words: 'yes, reset it',
		kind: 'customer',
		actions: 'any',
		units: 'any',
		minutes: 30,
	});
	return one;
}

/** Every command by its program and its verb, without what bounds it. */
const verbs = (steps: readonly (readonly string[])[]): readonly string[] =>
	steps.map(argv =>
		(argv[0] === 'timeout' ? argv.slice(2) : argv)
			.slice(0, 2)
			.join(' ')
			.replace(/ [-/].*$/, ''),
	);

const WHOLE = ['systemctl stop', 'cp', 'sync', 'balena rm', 'rm', 'systemctl start'];

async function proposed({session, until}: Bench, id: 'supervisor.reset' | 'supervisor.start' = 'supervisor.reset') {
	await session.gate.propose(id, DEVICE_ITSELF);
	await until(() => session.gate.proposal?.phase !== 'reading');
	return session.gate.proposal;
}

const verdictOf = async (one: Bench): Promise<{readonly kind: string; readonly sentence: string} | null> => {
	await one.until(() => one.session.fold.guard.runs.at(-1)?.verdict !== null, 20_000);
	return one.session.fold.guard.runs.at(-1)?.verdict ?? null;
};

test('it is done in this order, says what is lost, and is proven by what was made anew', async () => {
	const one = await started({speed: 30});
	const before = new Set(one.device.balena.containers.map(({id}) => id));
	const proposal = await proposed(one);
	expect(proposal).toMatchObject({phase: 'ready', risk: 'severe', confirmation: {kind: 'typed', word: WORD}});
	expect(verbs(proposal?.steps ?? [])).toEqual(WHOLE);
	expect(proposal?.consequence).toMatch(
		/^3 containers are removed .*: frontend 1\.27MB, backend 48\.3kB, supervisor 0B\..* copied .*Volumes and images stay\./,
	);
	expect(await one.session.gate.confirm('y')).toMatch(`is not “${WORD}”`);
	await proposed(one);
	expect(await one.session.gate.confirm(WORD)).toBe('');
	expect(await verdictOf(one)).toEqual({
		kind: 'proven',
		sentence: expect.stringMatching(
			/held for a minute\. Its database was made anew, and so were the containers: .*backend/,
		),
	});
	const {containers, files} = one.device.balena;
	expect(containers.filter(({id, state}) => state === 'running' && !before.has(id))).toHaveLength(3);
	expect([...files.all.keys()].filter(path => path !== DATABASE)).toEqual([
		expect.stringMatching(/database\.sqlite\.devtop-[0-9a-f]{8}$/),
	]);
	expect(one.device.units.find('update-balena-supervisor.timer')?.active).toBe('active');
}, 60_000);

/** What must be said and what is left to do where the link is lost as a step is to be sent. */
test.each([
	[0, /^Nothing was done so far\.$/, WHOLE],
	[1, /and its timer are stopped\. The device has no supervisor now: start-supervisor/, WHOLE],
	[2, /stopped; the database is copied to \S+\.devtop-[0-9a-f]{8}\. The device has no/, [WHOLE[0], ...WHOLE.slice(3)]],
	[3, /stopped; the database is copied to \S+\. The device has no/, [WHOLE[0], ...WHOLE.slice(3)]],
	[4, /; 3 of 3 containers are removed \(frontend, backend, supervisor\)\. The/, [WHOLE[0], WHOLE[4], WHOLE[5]]],
	[5, /; the database is gone\. The device has no supervisor now: start-supervisor/, [WHOLE[0], WHOLE[5]]],
] as const)(
	'the link is lost at step %i: how far it came, and what goes on',
	async (step, says, rest) => {
		const skew = {ms: 0};
		let steps: readonly (readonly string[])[] = [];
		let sent = -1;
		const one = await started({
			skew,
			sent: command => {
				const words = steps[sent + 1];
				if (words === undefined || !words.every(word => command.includes(word))) return;
				if (++sent === step) one.cut();
			},
		});
		steps = (await proposed(one))?.steps ?? [];
		const files = new Map(one.device.balena.files.all);
		expect(await one.session.gate.confirm(WORD)).toBe('');
		await one.until(
			() => one.session.fold.link.kind === 'live' && one.session.fold.guard.runs[0]?.sentence !== 'sent',
			15_000,
		);
		skew.ms += 11_000;
		const {kind, sentence} = (await verdictOf(one)) ?? {kind: '', sentence: ''};
		expect(kind).toBe('failed');
		expect(sentence).toMatch(/^The link was lost on the way \(the cable was pulled\)\. /);
		expect(sentence.replace(/^.*?pulled\)\. /, '')).toMatch(says);
		steps = [];
		const again = await proposed(one);
		expect(again).toMatchObject({phase: 'ready'});
		expect(verbs(again?.steps ?? [])).toEqual(rest);
		const alone = await proposed(one, 'supervisor.start');
		if (step === 0) expect(alone).toMatchObject({phase: 'refused', why: expect.stringMatching(/is not stopped/)});
		else {
			expect(alone).toMatchObject({phase: 'ready', risk: 'reversible', confirmation: {kind: 'yes'}});
			expect(verbs(alone?.steps ?? [])).toEqual(['systemctl start']);
		}
		// No copy is another one than it was.
		for (const [path, file] of files)
			if (path !== DATABASE) expect(one.device.balena.files.all.get(path)).toEqual(file);
	},
	60_000,
);

test.each<[string, (one: Bench) => void, RegExp, readonly string[]]>([
	[
		' systemctl stop -- ',
		one => one.device.balena.files.lose(DATABASE),
		/^A step ended with 1: cp: cannot stat .*: No such file or directory\. So far: .* its timer are stopped/,
		['supervisor.start'],
	],
	[
		' sync',
		one => void one.device.balena.remove(one.device.balena.containers[1]?.id ?? ''),
		/^A step ended with 1: Error: No such container: \w+\. .*copied to .*; 3 of 3 containers are removed/,
		['supervisor.start', 'supervisor.reset'],
	],
	[
		' balena.* rm',
		one => one.device.balena.files.lose(DATABASE),
		/^A step ended with 1: rm: cannot remove .*the database is gone\. The device has no supervisor now/,
		['supervisor.start', 'supervisor.reset'],
	],
])(
	'a step that fails stops the rest (after%s)',
	async (after, spoil, says, offered) => {
		const pattern = new RegExp(after);
		const commands: string[] = [];
		let granted = false;
		const one = await started({
			sent: command => {
				if (!granted) return;
				commands.push(command);
				if (pattern.test(command)) spoil(one);
			},
		});
		await proposed(one);
		granted = true;
		await one.session.gate.confirm(WORD);
		granted = false;
		expect(await verdictOf(one)).toEqual({kind: 'failed', sentence: expect.stringMatching(says)});
		expect(commands.filter(command => /systemctl.* start/.test(command) && !/show/.test(command))).toEqual([]);
		expect(one.device.balena.supervisor.active).toBe('inactive');
		for (const id of offered) expect(await proposed(one, id as 'supervisor.start')).toMatchObject({phase: 'ready'});
	},
	60_000,
);

test('after a break the start alone brings supervisor, database and containers back', async () => {
	const one = await started({
		speed: 30,
		sent: command => / rm .*-f/.test(command) && one.device.balena.files.lose(DATABASE),
	});
	await proposed(one);
	await one.session.gate.confirm(WORD);
	expect(await verdictOf(one)).toMatchObject({kind: 'failed'});
	expect(await proposed(one, 'supervisor.start')).toMatchObject({
		consequence: expect.stringMatching(/^A reset was begun and broke off\. .*makes its database anew/),
	});
	expect(await one.session.gate.confirm('y')).toBe('');
	expect(await verdictOf(one)).toMatchObject({kind: 'proven'});
	expect(one.device.balena.containers.filter(({state}) => state === 'running')).toHaveLength(3);
	expect(one.device.balena.files.all.has(DATABASE)).toBe(true);
	expect(await proposed(one, 'supervisor.start')).toMatchObject({phase: 'refused'});
}, 60_000);

test('a session that ends in the middle of it names the way on', async () => {
	const one = await started();
	await proposed(one);
	void one.session.gate.confirm(WORD);
	await one.until(() => one.session.fold.guard.runs.length === 1);
	await one.session.stop();
	expect(one.frames().find(({t}) => t === 'verdict')).toMatchObject({
		verdict: {kind: 'not-proven', sentence: expect.stringMatching(/start-supervisor starts it/)},
	});
});

test.each(['invocation', 'database', 'containers'] as const)('what was looked at has changed: %s', async what => {
	const one = await started();
	await proposed(one);
	const {balena} = one.device;
	if (what === 'invocation') balena.supervisor.invocation = '0'.repeat(32);
	else if (what === 'containers') balena.remove(balena.containers[0]?.id ?? '');
	else {
		balena.files.lose(DATABASE);
		balena.files.make(Date.now());
	}
	expect(await one.session.gate.confirm(WORD)).toMatch(/has changed meanwhile/);
	expect(one.frames().filter(({t}) => t === 'ran')).toEqual([]);
});

const unit: UnitReading = {
	unit: 'resin-supervisor.service',
	names: ['resin-supervisor.service'],
	loadState: 'loaded',
	activeState: 'active',
	subState: 'running',
	result: 'success',
	invocationId: 'a',
	fragmentPath: '',
	type: 'simple',
	restarts: 0,
	job: 0,
	activeSince: 1000,
	needsReload: false,
	canStart: true,
	canStop: true,
	pulledDown: [],
	starts: [],
	stops: [],
	leads: [],
	ends: [],
	triggeredBy: [],
};
const stopped: UnitReading = {...unit, activeState: 'inactive', subState: 'dead'};

const ID = 'c'.repeat(64);
const supervised: SupervisorReading = {
	path: '/mnt/data/resin-data/resin-supervisor/database.sqlite',
	database: {size: 10, mtime: 0x5f000000, inode: 7},
	copies: [],
	timer: {unit: 'update-resin-supervisor.timer', activeState: 'active'},
	client: 'balena',
	containers: [{id: ID, name: 'main', up: true, written: null}],
	bounded: false,
};

const withAll = (change: Partial<SupervisorReading> | null, of: UnitReading = unit): Readings => ({
	...unread,
	bootId: 'b00f',
	uptimeMs: 100_000,
	unit: of,
	supervisor: 'resin-supervisor.service',
	engine: 'balena.service',
	systemd: 230,
	uid: 0,
	kind: 'balena',
	supervised: change === null ? null : {...supervised, ...change},
});

test('an old balenaOS: its names, no timeout, no number of the job', () => {
	expect(reset.steps(DEVICE_ITSELF, withAll({}))).toEqual([
		['systemctl', 'stop', '--', 'resin-supervisor.service', 'update-resin-supervisor.timer'],
		['cp', '-p', '--', supervised.path, `${supervised.path}.devtop-5f000000`],
		['sync'],
		['balena', 'rm', '-f', 'c'.repeat(12)],
		['rm', '--', supervised.path],
		['systemctl', 'start', '--no-block', '--', 'resin-supervisor.service', 'update-resin-supervisor.timer'],
	]);
	expect(reset.consequence(DEVICE_ITSELF, withAll({}))).toContain('main (size not known)');
});

test('half a copy is no copy, and none is written over', () => {
	const half = {mark: '5f000000', size: 4, mtime: 0x5f000001};
	expect(reset.steps(DEVICE_ITSELF, withAll({copies: [half]}))[1]?.at(-1)).toMatch(/devtop-5f000001$/);
	const whole = {mark: '5f000000', size: 10, mtime: 0x5f000000};
	expect(verbs(reset.steps(DEVICE_ITSELF, withAll({copies: [whole]})))).not.toContain('cp');
	expect(reset.consequence(DEVICE_ITSELF, withAll({copies: [whole]}))).toContain('is copied already');
});

const copies = [{mark: '5f000000', size: 10, mtime: 0x5f000000}];
const idle = {unit: 'update-resin-supervisor.timer', activeState: 'inactive'};

test.each<[Readings, RegExp]>([
	[withAll({}), /^$/],
	[withAll(null), /did not say what its supervisor is made of/],
	[{...withAll(null), supervisor: null}, /There is no supervisor/],
	[withAll({client: null, containers: null}), /engine is not active, or did not say/],
	[withAll({database: null}), /may be making it just now/],
	[withAll({database: null, copies}), /may be making it just now/],
	[withAll({database: null, timer: idle}, stopped), /start-supervisor lets it make one/],
	[withAll({database: null, timer: idle, copies}, stopped), /^$/],
])('where it is not offered', (readings, why) => {
	expect(reset.notOffered(DEVICE_ITSELF, readings)).toMatch(why);
});

test.each<[string, Partial<SupervisorReading>, string, RegExp]>([
	['no database', {database: null}, 'waiting', /has not made its database anew/],
	['the same database', {}, 'waiting', /still is the one of before/],
	[
		'a container is missing',
		{database: {size: 1, mtime: 9, inode: 7}, containers: []},
		'waiting',
		/not back yet: main$/,
	],
	['the engine is silent', {database: {size: 1, mtime: 9, inode: 7}, containers: null}, 'waiting', /has not said/],
	['the timer is idle', {timer: idle}, 'waiting', /timer is not active/],
	[
		'all anew',
		{
			database: {size: 1, mtime: 9, inode: 7},
			containers: [{id: 'd'.repeat(64), name: 'main', up: true, written: null}],
		},
		'proven',
		/the containers: main\.$/,
	],
])('the supervisor holds, and %s', (_, change, kind, says) => {
	const observed: Observed = {
		before: withAll({}),
		now: {...withAll(change, {...unit, invocationId: 'b'}), uptimeMs: 200_000},
		exit: {kind: 'exited', code: 0},
		output: '',
		sinceMs: 70_000,
		ours: null,
		alsoOurs: [],
		// Its stop before was ours, too.
		jobs: [
			{id: 1, unit: unit.unit, type: 'stop', result: 'done'},
			{id: 2, unit: unit.unit, type: 'start', result: 'done'},
		],
	};
	expect(reset.proof(DEVICE_ITSELF, observed)).toEqual({kind, sentence: expect.stringMatching(says)});
});

test('the start of a timer alone is proven by it', () => {
	const before = withAll({timer: idle});
	expect(start.notOffered(DEVICE_ITSELF, before)).toBe('');
	const observed = {
		before,
		exit: {kind: 'exited', code: 0} as const,
		output: '',
		sinceMs: 0,
		ours: null,
		alsoOurs: [],
		jobs: [],
	};
	expect(start.proof(DEVICE_ITSELF, {...observed, now: before})).toMatchObject({kind: 'waiting'});
	expect(start.proof(DEVICE_ITSELF, {...observed, now: withAll({})})).toMatchObject({kind: 'proven'});
});

test('what the device says is not believed where it is none of what may be', () => {
	const text = [
		'path /etc/passwd',
		'database -1 2 3',
		'copy ../../xxxx 1 2',
		'timer $(reboot) active',
		'client sh',
		'listed yes',
		'container $(reboot)|main|Up 2 seconds|1kB',
		`container ${ID}|main_1_2|Up 2 seconds|\u001b[2J (virtual 1B)`,
	].join('\n');
	expect(toSupervised(text)).toEqual({
		path: '',
		database: null,
		copies: [],
		timer: null,
		client: null,
		containers: [{id: ID, name: 'main', up: true, written: null}],
		bounded: false,
	});
});
