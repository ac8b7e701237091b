/** The guard's screens as a user sees them, and what they make of hostile text. */
import {afterEach, expect, test} from 'vitest';
import type {Consent, Proposal} from '../../../src/domain/guard.ts';
import type {GuardControls, GuardView, SessionStore} from '../../../src/session/store.ts';
import {fitted, plainOf, widthOf} from '../../../src/ui/cells.ts';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';

const TAB = '\t';
let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
});

const UUID = '8f2c91d4b0a74c1f9e5d3a6b7c8091ea';

const ready: Proposal = {
	id: 1,
	action: 'unit.restart',
	title: 'Restart the unit',
	subject: {kind: 'unit', unit: 'chronyd.service'},
	device: `8f2c91d ${UUID}`,
	risk: 'disruptive',
	steps: [['systemctl', 'restart', '--no-block', '--show-transaction', '--', 'chronyd.service']],
	consequence: 'chronyd.service stops and starts again; who uses it meanwhile is dropped.',
	blast: ['no other unit stops with it', 'containers running: frontend, backend, supervisor'],
	findings: [{weight: 'warns', text: '1 other SSH session on this device: somebody else may be at work on it.'}],
	confirmation: {kind: 'yes'},
	phase: 'ready',
	why: '',
	evidence: {done: 2, of: 3, missing: []},
};

const engine: Proposal = {
	...ready,
	action: 'engine.restart',
	title: 'Restart the container engine',
	subject: {kind: 'device'},
	risk: 'severe',
	steps: [['systemctl', 'restart', '--no-block', '--show-transaction', '--', 'balena.service']],
	consequence:
		'The supervisor and every container stop with it (frontend, backend); what containers wrote outside their volumes is kept. It is very rarely needed.',
	blast: ['stops with it: balena-supervisor.service', 'containers running: frontend, backend, supervisor'],
	findings: [
		{weight: 'warns', text: 'An update lock is held by backend: that service asked not to be stopped now.'},
		{weight: 'warns', text: 'It may not come back: make sure that somebody knows.'},
	],
	confirmation: {kind: 'typed', word: '8f2c91d'},
	evidence: {done: 3, of: 3, missing: ['state of one unit']},
};

const blocked = 'A pull is running: it would be lost and begin again. Wait for its end.';
const refused: Proposal = {
	...engine,
	phase: 'refused',
	why: blocked,
	findings: [{weight: 'blocks', text: blocked}, ...engine.findings],
	evidence: {done: 0, of: 0, missing: []},
};

const consent = (store: SessionStore, change: Partial<Consent> = {}): Consent => ({
	id: 1,
	by: 'Ann',
	via: 'ticket 4711',
	words: 'yes, please restart chrony',
	kind: 'customer',
	actions: 'any',
	units: 'any',
	device: UUID,
	untilMs: store.getState().guard.ms + 29 * 60_000 + 12_000,
	...change,
});

const idle: GuardControls = {
	consent: () => '',
	disarm: () => '',
	propose: () => {},
	asked: () => {},
	cancel: () => {},
	confirm: async () => '',
	lend: () => {},
};

/** The screen over a recording, with a gate that proposes what the test says. */
async function show(columns: number, rows: number, proposal: Proposal, armed = false): Promise<Mounted> {
	const {store} = recorded('healthy', ms => ms < 11_000);
	store.setState({recording: {file: 'session.devtop.jsonl', bytes: 612_000}});
	const set = (change: Partial<GuardView>): void =>
		store.setState({guard: {...store.getState().guard, lookOnly: '', ...change}});
	const guard: GuardControls = {
		...idle,
		propose: () => set({proposal}),
		asked: () =>
			set({waiting: {id: 1, action: proposal.action, subject: proposal.subject, at: store.getState().now - 1000}}),
		cancel: () => set({proposal: null}),
	};
	set({consents: armed ? [consent(store)] : []});
	app = await mount(store, columns, rows, null, {controls: {guard}});
	return app;
}

test.each([
	['menu-unit', 80, 24, ready, false, ['1', 'j', 'x']],
	['menu-device', 120, 40, ready, false, ['x']],
	['dialog-no-permission', 80, 24, ready, false, ['1', 'j', 'x', 'r']],
	['dialog', 120, 40, ready, true, ['1', 'j', 'x', 'r', TAB]],
	['dialog-typed', 80, 24, engine, true, ['x', 'e', TAB, '8f2']],
	['dialog-refused', 80, 24, refused, true, ['x', 'e']],
	['request', 80, 24, engine, false, ['x', 'e', 'a']],
	['form', 80, 24, ready, false, ['1', 'j', 'x', 'r', 'A', 'Ann', TAB, 'ticket 4711', TAB, 'yes, '.repeat(60)]],
	['armed', 80, 24, ready, true, ['A']],
] as const)('%s at %ix%i', async (name, columns, rows, proposal, armed, keys) => {
	const {text, type} = await show(columns, rows, proposal, armed);
	await type(...keys);
	await expect(`${text().replaceAll(/ +$/gm, '')}\n`).toMatchFileSnapshot(
		`../../screens/guard/${name}.${columns}x${rows}.txt`,
	);
});

test('a device in development mode is suggested for the list of one’s own, and nothing is armed by that', async () => {
	const {text, type} = await show(80, 24, ready);
	await type('A');
	expect(text()).not.toContain('development mode');
	app?.unmount();
	const {store} = recorded('healthy', ms => ms < 11_000);
	const {identity} = store.getState();
	if (identity === null) throw new Error('nobody answered');
	store.setState({
		recording: {file: 'session.devtop.jsonl', bytes: 612_000},
		identity: {...identity, development: true},
		guard: {...store.getState().guard, lookOnly: ''},
	});
	app = await mount(store, 80, 24, null, {controls: {guard: idle}});
	await app.type('A');
	expect(app.text()).toMatch(/in development mode\. If it is yours/);
	expect(store.getState().guard.consents).toEqual([]);
});

test('a form that could not be recorded is not filled in', async () => {
	const {store} = recorded('healthy', ms => ms < 11_000);
	store.setState({recording: null, guard: {...store.getState().guard, lookOnly: ''}});
	app = await mount(store, 120, 40, null, {controls: {guard: idle}});
	await app.type('A');
	expect(app.text()).toMatch(/this session is not recorded: begin it with --record FILE/);
	expect(app.text()).not.toContain('Record a permission');
});

const EVIL = '\x1b]52;c;AAAA\x07\x1b[2J\u202ey\r\n';

test('nothing that a device says can leave its place in the dialog', async () => {
	const evil: Proposal = {
		...ready,
		subject: {kind: 'unit', unit: `${EVIL}x.service`},
		device: `${EVIL}host`,
		steps: [['systemctl', `${EVIL};reboot`, "it's"]],
		consequence: EVIL,
		blast: [`stops with it: ${EVIL}`],
		findings: [{weight: 'warns', text: EVIL}],
	};
	const {text, raw, type, calls} = await show(80, 24, evil, false);
	await type('1', 'j', 'x', 'r');
	expect(raw()).not.toMatch(/\x1b\]|\x1b\[2J|\u202e/);
	expect(text()).toContain("'it'\\''s'");
	for (const line of text().split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80);
	await type('a');
	const copied = calls.find(call => call.startsWith('copy ')) ?? '';
	expect(copied).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
});

test('a name of 255 characters leaves the buttons where they are, and what is below has to be read first', async () => {
	const unit = `${'a'.repeat(247)}.service`;
	const long: Proposal = {
		...ready,
		subject: {kind: 'unit', unit},
		steps: [['systemctl', 'restart', '--', unit]],
		consequence: `${unit} stops.`,
		blast: Array.from({length: 12}, (_, index) => `stops with it: unit-${index}.service`),
	};
	const {text, type} = await show(80, 24, long, true);
	await type('1', 'j', 'x', 'r');
	expect(text()).toMatch(/\[›Cancel‹\] {2}\[ Restart the unit \] {2}y confirms/);
	expect(text()).toMatch(/↓ \d+ more below/);
	await new Promise(resolve => setTimeout(resolve, 400));
	await type('y');
	expect(text()).toContain('There is more to read below: ↓, then confirm.');
	await type('\x1b[6~', '\x1b[6~', '\x1b[6~');
	expect(text()).toContain('↑ more above');
	expect(text()).toContain('unit-11.service');
	expect(text()).toContain('permission');
});

test('profiles fill in the way, the ticket and the minutes; the words are always typed', async () => {
	const {formOf, formed, consentFormOf} = await import('../../../src/ui/guard/form.ts');
	const profiles = [{name: 'field', via: 'ticket', minutes: 60, ticket: 'T-1'}];
	const press = (form: ReturnType<typeof formOf>, ...names: string[]): ReturnType<typeof formOf> =>
		names.reduce((now, name) => {
			const next = formed(now, name);
			if (next === null || next === 'record') throw new Error(`${name} left the form`);
			return next;
		}, form);
	const form = formOf({action: null, unit: null}, {actions: [], profiles});
	expect(form.at).toBe('profile');
	const chosen = press(form, 'right');
	expect(consentFormOf(chosen)).toMatchObject({via: 'ticket T-1', minutes: 60, words: '', by: '', kind: 'customer'});
	expect(consentFormOf(press(chosen, 'right'))).toMatchObject({via: '', minutes: 30});
	expect(consentFormOf(press(chosen, 'up', 'up', '1', 'x', '2'))).toMatchObject({minutes: 6012});
	expect(consentFormOf(form)).toMatchObject({actions: 'any', units: 'any'});
});

test('the rows of the dialog fill their cells exactly, whatever their text', async () => {
	const {dialogBody} = await import('../../../src/ui/guard/dialog.ts');
	const {guardTable} = await import('../../../src/commands/hold-screen.ts');
	const {guard} = recorded('healthy').store.getState();
	for (const text of ['日本'.repeat(80), 'é'.repeat(200), EVIL.repeat(20), ''])
		for (const row of dialogBody({...engine, consequence: text, blast: [text]}, guard, guardTable, 80, 40))
			expect(widthOf(plainOf(fitted(row, 80)))).toBe(80);
});
