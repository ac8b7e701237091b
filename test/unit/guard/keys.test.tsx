/** The guard by its keys: the real screen over a real session, which ends at the embedded device. */
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, expect, test} from 'vitest';
import {DEVICE} from '../../../src/embedded/machine.ts';
import {type Mounted, mount} from '../../support/mount.tsx';
import {type Bench, type BenchOptions, bench} from './bench.ts';

const ENTER = '\r';
const TAB = '\t';
const ESC = '\x1b';
const DOWN = '\x1b[B';
/** Longer than what comes with the drawing is thrown away for. */
const READ_MS = 400;

let open: {bench: Bench; app: Mounted}[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) {
		one.app.unmount();
		await one.bench.close();
	}
	open = [];
});

type Screen = Mounted &
	Pick<Bench, 'session' | 'device' | 'until' | 'cut'> & {
		/** Kinds of the guard's frames so far, in order. */
		kinds(): readonly string[];
		frames: Bench['frames'];
		/** Waits for a text on the screen. */
		shows(text: string | RegExp): Promise<void>;
	};

async function show(options: BenchOptions = {}, columns = 80, rows = 24): Promise<Screen> {
	const one = await bench(options);
	const {session, device, until, cut, frames} = one;
	const app = await mount(session.store, columns, rows, null, {controls: {...session.controls, quit: async () => {}}});
	open.push({bench: one, app});
	const shows = (text: string | RegExp): Promise<void> =>
		until(() => (typeof text === 'string' ? app.text().includes(text) : text.test(app.text())));
	await shows('13 of 13 ok');
	const GUARD = new Set(['ask', 'consent', 'disarm', 'granted', 'refused', 'ran', 'verdict']);
	const kinds = (): readonly string[] => frames().flatMap(({t}) => (GUARD.has(t) ? [t] : []));
	return {...app, session, device, until, cut, frames, kinds, shows};
}

/** Arms a device of our own. */
async function armed({type, shows}: Screen): Promise<void> {
	await type('A');
	await shows(/ARMED \d\d:\d\d own device/);
}

/** Opens the dialog of chronyd's restart and waits until it can be read. */
async function restart({type, shows}: Screen): Promise<void> {
	await type('1', 'j', 'x', 'r');
	await shows('3 of 3');
	await sleep(READ_MS);
}

/** Records a permission by keys from an open dialog. */
async function permit({type, paste, shows}: Screen, words = 'yes, please restart chrony'): Promise<void> {
	await type('A', 'Ann', TAB, 'ticket', TAB);
	await paste(words);
	await type(ENTER, ENTER, ENTER, ENTER);
	await shows(/ARMED (?:30:00|29:5\d) Ann, ticket/);
	await sleep(READ_MS);
}

/** Long enough for whatever a key may have begun to reach the recording. */
const settled = (): Promise<void> => sleep(400);

test('a permission by keys, a restart by keys, and what stands in the recording before it', async () => {
	const screen = await show();
	await restart(screen);
	expect(screen.text()).toContain('systemctl restart --no-block --show-transaction -- chronyd.service');
	expect(screen.text()).toContain('none on record for this');
	await screen.type('y');
	expect(screen.text()).toContain('There is no permission on record for this: A records one.');
	await permit(screen, 'yes, please\nrestart chrony\r\ny\n');
	expect(screen.text()).toContain('“yes, please restart chrony y”');
	await screen.type('y');
	await screen.shows(/restart chronyd: has to hold \d+ s more/);
	expect(screen.text()).toContain('1 Services');
	expect(screen.kinds()).toEqual(['ask', 'consent', 'granted', 'ran']);
	expect(screen.frames().find(({t}) => t === 'consent')).toMatchObject({
		consent: {
			by: 'Ann',
			via: 'ticket',
			words: 'yes, please restart chrony y',
			kind: 'customer',
			actions: ['unit.restart'],
			units: ['chronyd.service'],
		},
	});
	expect(screen.frames().find(({t}) => t === 'granted')).toMatchObject({confirmed: 'yes', action: 'unit.restart'});
});

test('a device of our own: A arms, x r y restarts', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await screen.type('1', 'j', 'A');
	await screen.shows(/ARMED \d\d:\d\d own device/);
	await screen.type('x', 'r');
	await screen.shows('y does it');
	await sleep(READ_MS);
	await screen.type('y');
	await screen.shows(/restart chronyd: /);
	expect(screen.kinds()).toEqual(['consent', 'ask', 'granted', 'ran']);
});

test.each([
	['keys before the dialog was there', ['xry']],
	['keys as fast as they come', ['x', 'r', 'y', 'y', 'y']],
	['Enter, again and again', ['x', 'r', ...Array.from({length: 20}, () => ENTER)]],
	['a storm of Enter in one read', ['x', 'r', ENTER.repeat(200)]],
] as const)('%s confirm nothing', async (_, keys) => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await screen.type('1', 'j', ...keys);
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
});

test.each([
	['y among others in one read', 'yes'],
	['y twice in one read', 'yy'],
	['y and an arrow in one read', `y${DOWN}`],
	['an arrow and y in one read', `${DOWN}y`],
	['Enter on Cancel, and y behind it', `${ENTER}y`],
	['y and Enter', `y${ENTER}`],
	// Not every terminal takes the end of a paste out of what is pasted.
	['y behind a paste that ends itself', '\x1b[200~see\x1b[201~y'],
	['y and a paste behind it', 'y\x1b[200~see\x1b[201~'],
	['Enter on the button', `${TAB}${ENTER}`],
	['y with Alt', '\x1by'],
	['Y', 'Y'],
] as const)('%s: nothing is granted, though everything stands ready', async (_, keys) => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	expect(screen.text()).toContain('y does it');
	await screen.type(keys);
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
});

test('Enter on the second button says that y confirms; Enter on Cancel leaves', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	await screen.type(TAB, ENTER);
	expect(screen.text()).toContain('Enter never confirms: y does it.');
	await screen.type(TAB, ENTER);
	expect(screen.text()).toContain('restart chronyd: not done.');
	expect(screen.text()).toContain('1 Services');
	// The dialog is gone: y is a key like any other.
	await screen.type('y');
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
});

test('a paste is no key: neither y nor Enter nor the name', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	await screen.paste('y');
	await screen.paste('y\n');
	expect(screen.text()).toContain('What was pasted is not taken for keys.');
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
});

test('y right behind a paste is no decision yet', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	await screen.paste('see');
	await screen.type('y');
	expect(screen.text()).toContain('That came too fast to be a decision: y again.');
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
	await screen.type('y');
	await screen.shows(/restart chronyd: /);
});

test('a resize in the dialog: what can’t be read can’t be confirmed, then it can again', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	await screen.resize(60, 20);
	expect(screen.text()).toContain('devtop needs a terminal of');
	await sleep(READ_MS);
	await screen.type('y');
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
	await screen.resize(120, 40);
	await screen.type('y');
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
	await screen.type('y');
	await screen.shows(/restart chronyd: /);
	expect(screen.kinds()).toContain('granted');
});

test('the engine wants a name typed, and takes nothing else', async () => {
	const word = DEVICE.uuid.slice(0, 7);
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await screen.type('x', 'e');
	await screen.shows('3 of 3');
	await sleep(READ_MS);
	await screen.type('y');
	expect(screen.text()).toContain('Its name is typed: Tab, then the name, then Enter.');
	await screen.type(TAB, ENTER);
	expect(screen.text()).toContain(`The name to type is ${word}`);
	await screen.paste(word);
	await screen.type(...word.slice(1), ENTER);
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
	await screen.type('\x15', `${word}${ENTER}`);
	await settled();
	expect(screen.kinds()).toEqual(['consent', 'ask']);
	await screen.type('\x15', ...word, ENTER);
	await screen.shows(/restart engine: /);
	expect(screen.frames().find(({t}) => t === 'granted')).toMatchObject({confirmed: 'typed'});
});

test('the form says what is missing, and a paste of many lines is one', async () => {
	const screen = await show();
	await screen.type('A', ...Array.from({length: 8}, () => ENTER));
	expect(screen.text()).toContain('Who gave the permission? Write a name.');
	await screen.type(ESC);
	expect(screen.text()).toContain('No permission was recorded.');
	expect(screen.kinds()).toEqual([]);
	await screen.type('A');
	// Without brackets a paste looks like keys: no line of it is Enter.
	await screen.type('Ann\rExample\ry\r');
	expect(screen.ui.getState().form).toMatchObject({at: 'by', by: 'Ann Example y'});
	await screen.paste('\x1b]52;c;AAAA\x07\nfrom Kiel\u202e');
	expect(screen.ui.getState().form?.by).toMatch(/^Ann Example y ?from Kiel·$/);
	expect(screen.raw()).not.toContain('\x1b]');
	await settled();
	expect(screen.kinds()).toEqual([]);
});

test('what is armed is shown, and d disarms', async () => {
	const screen = await show();
	await screen.type('A', 'Ann', TAB, 'phone', TAB, 'do what is needed', ENTER, ENTER, ENTER, ENTER);
	await screen.shows('ARMED');
	await screen.type('A');
	expect(screen.text()).toMatch(/left, for any action, any unit\. Ann, phone: “do what is needed”/);
	await screen.type('d');
	await screen.shows('LOOK ONLY');
	expect(screen.kinds()).toEqual(['consent', 'disarm']);
});

test('a request is copied, shown, and on record; the header says since when it is waited for', async () => {
	const screen = await show({}, 120, 40);
	await restart(screen);
	await screen.type('a');
	await screen.shows(/waiting for an answer since \d\d:\d\d/);
	expect(screen.text()).toContain('We would like to: restart the unit chronyd.service.');
	const [copied = ''] = screen.calls.filter(call => call.startsWith('copy '));
	const asked = screen.frames().find(frame => frame.t === 'ask' && frame.request !== undefined);
	expect(asked).toMatchObject({request: copied.slice('copy '.length)});
	await screen.type(ESC);
	expect(screen.text()).toContain('none on record for this, but asked for');
});

test('quitting with something unproven asks', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	await screen.type('y');
	await screen.shows(/restart chronyd: /);
	await screen.type('q');
	expect(screen.text()).toContain('restart chronyd: not proven yet. q leaves');
	await screen.type('j');
	expect(screen.ui.getState()).toMatchObject({leaving: false, quitting: false});
	await screen.type('q', 'q');
	expect(screen.ui.getState().quitting).toBe(true);
});

test('a session that only looks reads, and says why it does not act', async () => {
	const screen = await show({lookOnly: 'This session only looks (--look-only).'});
	await screen.type('A');
	expect(screen.text()).toContain('This session only looks (--look-only).');
	await restart(screen);
	await screen.type('y');
	expect(screen.text().split('\n').at(-1)).toContain('This session only looks (--look-only).');
	await settled();
	expect(screen.kinds()).toEqual(['ask']);
});

test('what the gate refuses says why, and can be looked at again', async () => {
	const screen = await show({own: [DEVICE.uuid]});
	await armed(screen);
	await restart(screen);
	const unit = screen.device.units.find('chronyd.service');
	if (unit !== undefined) unit.invocation = '0'.repeat(32);
	await screen.type('y');
	await screen.shows('has changed meanwhile');
	expect(screen.kinds()).toEqual(['consent', 'ask', 'refused']);
	await sleep(READ_MS);
	await screen.type(TAB, ENTER);
	await screen.shows('y does it');
	await sleep(READ_MS);
	await screen.type('y');
	await screen.shows(/restart chronyd: /);
});

test('the menu: Tab goes to the device, other letters do nothing, Esc leaves', async () => {
	const screen = await show();
	await screen.type('1', 'j', 'x');
	expect(screen.text()).toMatch(/Act on chronyd\.service/);
	await screen.type('q', 'z', 'y');
	expect(screen.text()).toMatch(/Act on chronyd\.service/);
	await screen.type(TAB);
	expect(screen.text()).toMatch(/b {2}Reboot the device +everything stops/);
	await screen.type(ESC);
	expect(screen.text()).toContain('1 Services');
	// In a log that goes on no line is under the cursor: the device is meant.
	await screen.type('2', 'x');
	expect(screen.text()).toContain('Act on the device');
	expect(screen.kinds()).toEqual([]);
});
