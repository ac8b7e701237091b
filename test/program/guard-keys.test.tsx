/** The guard by random keys: the real screen over a real session, judged by what reaches the device and by what was on the screen. */
import {afterEach, expect, test} from 'vitest';
import type {ActionId, Subject} from '../../src/domain/guard.ts';
import {DEVICE} from '../../src/embedded/machine.ts';
import {BINDINGS} from '../../src/ui/keymap.ts';
import {randomOf} from '../support/chance.ts';
import {type Mounted, mount} from '../support/mount.tsx';
import {type Bench, bench} from '../unit/guard/bench.ts';
import {onlyReads, type Truth, wrongWith} from '../unit/guard/oracle.ts';

const ENTER = '\r';
const TAB = '\t';
const ESC = '\x1b';
const DOWN = '\x1b[B';
/** A paste that came in one read with something else. */
const PASTED = '\x1b[200~see\x1b[201~';
const CODES: Readonly<Record<string, string>> = {
	up: '\x1b[A',
	down: DOWN,
	left: '\x1b[D',
	right: '\x1b[C',
	'page-up': '\x1b[5~',
	'page-down': '\x1b[6~',
	home: '\x1b[H',
	end: '\x1b[F',
	tab: TAB,
	'shift-tab': '\x1b[Z',
	enter: ENTER,
	escape: ESC,
	backspace: '\x7f',
	space: ' ',
	'ctrl-c': '\x03',
};
/** All keys of the keymap, those of the menus and dialogs, and some that mean nothing. */
const KEYS: readonly string[] = [
	...BINDINGS.flatMap(({commands}) => commands.flatMap(({keys}) => keys)).map(name => CODES[name] ?? name),
	...'yyyyyYsrdtaAx:789\x15',
	ENTER,
	ENTER,
	TAB,
	'\x1by',
	CODES.left ?? '',
	CODES.right ?? '',
];
const WORD = DEVICE.uuid.slice(0, 7);
const ENGINE = 'balena.service';

/** The dialog's clock goes ahead instead of being waited for. */
const ahead = {ms: 0};
const now = performance.now.bind(performance);

type Drive = {readonly bench: Bench; readonly app: Mounted};
let open: Drive[] = [];
afterEach(async () => {
	performance.now = now;
	for (const {bench: one, app} of open.splice(0)) {
		app.unmount();
		await one.close();
	}
	open = [];
});

type Count = {sequences: number; keys: number; dialogs: number; confirmed: number; sent: number; wrong: string[]};
/** What one read brought: one key, several, or a paste. */
type Write = {readonly text: string; readonly kind: 'key' | 'several' | 'paste'; readonly at: number};
type Step = () => Promise<void> | void;
type Kind = 'own' | 'asked' | 'unarmed' | 'look-only';

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const READY = /\[[ ›]Cancel[ ‹]\] {2}(?:\[[ ›]|Tab, then type|type )/;

/** Are these the letters of a word in their order, whatever stands between? */
function typedIn(keys: readonly string[], word: string): boolean {
	let from = 0;
	for (const key of keys.join('')) if (key === word[from]) from++;
	return from === word.length;
}

async function drive(seed: number, sequences: number, kind: Kind): Promise<Count> {
	const next = randomOf(seed);
	const pick = <T,>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
	const count: Count = {sequences: 0, keys: 0, dialogs: 0, confirmed: 0, sent: 0, wrong: []};
	const skew = {ms: 0};
	let running: Bench | null = null;
	let writes: Write[] = [];
	let seen: {readonly id: number; readonly at: number} | null = null;
	let answer = '';
	/** When the look was sent, and when it had been answered: in between the device answers, and a job of before may end. */
	let shown = {sent: '', answered: '', of: -1};
	/** The screen when the newest key was pressed. */
	let before = '';

	const stateOf = (subject: Subject, action: string): string => {
		const name =
			subject.kind === 'unit'
				? subject.unit
				: {'engine.restart': ENGINE, 'supervisor.restart': 'balena-supervisor.service'}[action];
		const unit = name === undefined ? undefined : running?.device.units.find(name);
		return unit === undefined ? '' : `${unit.active} ${unit.invocation}`;
	};
	let decided: {readonly action: ActionId; readonly subject: Subject} | null = null;
	const truth: Truth = {
		lookOnly: kind === 'look-only',
		device: () => DEVICE.uuid,
		answer: () => answer,
		word: (action, subject) =>
			action === 'engine.restart' || action === 'device.reboot'
				? WORD
				: subject.kind === 'unit' && action !== 'unit.start' && /^(?:balena\.service|sshd?\.socket)$/.test(subject.unit)
					? subject.unit
					: 'y',
		shown: () => {
			const {subject, action} = decided ?? {subject: {kind: 'device'} as const, action: ''};
			return stateOf(subject, action) === shown.answered ? shown.answered : shown.sent;
		},
		state: subject => stateOf(subject, decided?.action ?? ''),
		blocked: () => false,
	};
	const one = await bench({
		skew,
		own: kind === 'own' ? [DEVICE.uuid] : [],
		lookOnly: kind === 'look-only' ? 'This session only looks.' : '',
		sent: command => {
			const proposal = running?.session.gate.proposal;
			if (proposal?.phase === 'reading') {
				const state = stateOf(proposal.subject, proposal.action);
				shown = {sent: state, answered: state, of: proposal.id};
			} else if (proposal?.phase === 'ready' && shown.of === proposal.id)
				// The first command of the evidence leaves with the answer.
				shown = {...shown, answered: stateOf(proposal.subject, proposal.action), of: -1};
			if (onlyReads(command)) return;
			count.sent++;
			const wrong =
				running === null ? 'before anything was there' : wrongWith(command, running.synced(), truth, running.device);
			if (wrong !== '') count.wrong.push(`${command}: ${wrong}`);
		},
	});
	running = one;
	const {session, device} = one;
	const {gate} = session;
	const {guard} = session.controls;
	if (guard === null) throw new Error('a live session has a guard');

	/** What was pressed so far: a lone escape is none before it is told from a sequence. */
	const pressed = (): readonly Write[] => (writes.at(-1)?.text === ESC ? writes.slice(0, -1) : writes);

	/** Why no confirmation may come of what was pressed; empty where it may. Looked at as the gate is asked. */
	function undecided(given: string): string {
		const {proposal} = gate;
		if (proposal === null) return 'there was no dialog';
		const keysSoFar = pressed();
		const last = keysSoFar.at(-1);
		const wanted = truth.word(proposal.action, proposal.subject);
		if (last?.kind !== 'key') return `it came with ${last?.kind}`;
		if (last.text !== (wanted === 'y' ? 'y' : ENTER)) return `${JSON.stringify(last.text)} confirmed`;
		// For how long is judged where the clock is one's own (test/unit/guard/keys.test.tsx): here four sessions move it.
		if (seen?.id !== proposal.id) return 'it was not on the screen';
		if (given !== wanted) return `${given} was given`;
		if (wanted === 'y') return '';
		if (!before.includes(`type ${wanted}: ${wanted}▏`)) return 'the name did not stand there';
		return typedIn(
			writes.flatMap(({kind: came, text}) => (came === 'paste' ? [] : [text])),
			wanted,
		)
			? ''
			: 'the name was not typed';
	}

	const app = await mount(session.store, 80, 24, null, {
		controls: {
			...session.controls,
			quit: async () => {},
			guard: {
				...guard,
				propose: (action, subject) => {
					count.dialogs++;
					guard.propose(action, subject);
				},
				confirm: given => {
					// The screen lags a little behind: then the gate has nothing to confirm, and says so.
					if (gate.proposal?.phase !== 'ready') return guard.confirm(given);
					count.confirmed++;
					const wrong = undecided(given);
					if (wrong !== '') count.wrong.push(`${JSON.stringify(writes.slice(-4))}: ${wrong}`);
					answer = pressed().at(-1)?.text === 'y' ? 'y' : given;
					decided = gate.proposal;
					return guard.confirm(given);
				},
			},
		},
	});
	open.push({bench: one, app});
	app.onFrame(() => {
		const id = session.store.getState().guard.proposal?.id;
		if (id === undefined || !READY.test(app.text())) seen = null;
		else if (seen?.id !== id) seen = {id, at: performance.now()};
	});
	const blank = app.ui.getState();
	await one.until(() => app.text().includes('13 of 13 ok'), 30_000);

	const write = (text: string, came: Write['kind']): void => {
		count.keys++;
		before = app.text();
		writes.push({text, kind: came, at: performance.now()});
		app.write(came === 'paste' ? `\x1b[200~${text}\x1b[201~` : text);
	};
	const key = (text: string) => async (): Promise<void> => {
		write(text, 'key');
		// A lone escape is told from a sequence by nothing coming behind it.
		if (text === ESC) await pause(25);
		else if (next() < 0.9) for (let turns = 0; turns < 3; turns++) await turn();
	};
	const several = (text: string) => async (): Promise<void> => {
		write(text, 'several');
		await turn();
	};
	const paste = (text: string) => async (): Promise<void> => {
		write(text, 'paste');
		await turn();
	};
	const later = (ms: number) => (): void => {
		ahead.ms += ms;
	};
	/** Until the dialog says all that it will, and it stood there for a while. */
	const read = async (): Promise<void> => {
		for (let rounds = 0; rounds < 40 && app.ui.getState().dialog !== null; rounds++) {
			const {proposal} = session.store.getState().guard;
			if (proposal !== null && proposal.phase !== 'reading' && (seen !== null || proposal.phase !== 'ready')) break;
			await pause(15);
		}
		ahead.ms += 400;
	};
	const keys = (text: string): Step[] => [...text].map(key);
	/** Letters of a name, each by itself, and the time to look at them. */
	const typed = (name: string): Step[] => [...keys(name), later(50)];
	const random = (): Step => {
		const at = next();
		if (at < 0.72) return key(pick(KEYS));
		if (at < 0.8)
			return several(
				pick(['yy', `y${ENTER}`, `${DOWN}y`, 'xry', `xe${TAB}${WORD}${ENTER}`, 'y ', `${TAB}${ENTER}`, 'jx']),
			);
		if (at < 0.86) return paste(pick(['y', 'y\n', WORD, `${WORD}\r\n`, 'yes\ny\n', ENGINE]));
		if (at < 0.94) return later(pick([50, 200, 400, 400]));
		if (at < 0.96) return () => app.resize(pick([60, 80, 100, 120]), pick([20, 24, 40]));
		if (at < 0.98)
			return () => {
				skew.ms += pick([1000, 61_000, 31 * 60_000]);
			};
		return () => {
			// Somebody else restarts what the dialog is about.
			const {proposal} = gate;
			if (proposal === null || proposal.phase !== 'ready' || proposal.subject.kind !== 'unit') return;
			const unit = device.units.find(proposal.subject.unit);
			if (unit !== undefined)
				unit.invocation = Math.floor(next() * 2 ** 52)
					.toString(16)
					.padStart(32, '0');
		};
	};
	const arm = (): Step[] =>
		kind === 'own'
			? keys('A')
			: [
					...keys('A'),
					several('Ann'),
					key(TAB),
					several('ticket'),
					key(TAB),
					pick([several, paste])('yes, do it'),
					...[ENTER, ENTER, ENTER, ENTER].map(key),
				];
	const at = (): Step[] => [...keys('1'), ...Array.from({length: 1 + Math.floor(next() * 4)}, () => key('j'))];
	/** From a dialog that is being opened to its answer: most often the right one, at once or in its time. */
	const decide = (wanted: string): Step[] => {
		const wait = next() < 0.75 ? [read] : next() < 0.5 ? [later(400)] : [];
		const how = next();
		if (how < 0.12) return [...wait, paste(pick([wanted, `${wanted}\n`]))];
		if (how < 0.24)
			return [
				...wait,
				several(
					pick([
						`${PASTED}${wanted}`,
						`${wanted}${PASTED}`,
						`${wanted}${ENTER}`,
						`${TAB}${wanted}${ENTER}`,
						'yy',
						`${DOWN}y`,
					]),
				),
			];
		if (how < 0.34) return [...wait, key(TAB), later(400), key(ENTER), later(400), key(ENTER)];
		if (wanted !== 'y' && how < 0.44) return [...wait, key(TAB), paste(wanted), later(50), key(ENTER)];
		return wanted === 'y' ? [...wait, key('y')] : [...wait, key(TAB), ...typed(wanted), key(ENTER)];
	};
	/** A permission is for the dialog that is open, so a customer's is recorded from there. */
	const opened = (open: Step[], wanted: string): Step[] => {
		const armed = kind === 'unarmed' || next() < 0.15 ? [] : arm();
		return kind === 'asked' ? [...open, read, ...armed, ...decide(wanted)] : [...armed, ...open, ...decide(wanted)];
	};
	const guided = (): Step[] => {
		const how = next();
		if (how < 0.5) return [...at(), ...opened(keys(`x${pick(['r', 'r', 's', 't'])}`), 'y')];
		if (how < 0.65) return opened(keys(`0x${pick(['s', 'c', 'h', 'u'])}`), 'y');
		if (how < 0.85) return opened(keys('0xe'), WORD);
		return [...at(), ...opened([key(':'), several(pick(['restart the unit', 'restart the sup'])), key(ENTER)], 'y')];
	};

	for (; count.sequences < sequences && count.wrong.length === 0; count.sequences++) {
		await one.until(() => gate.proposal?.phase !== 'sending', 90_000);
		gate.cancel();
		gate.disarm('the next sequence');
		if (session.store.getState().paused !== null) session.controls.resume();
		app.ui.setState(blank, true);
		if (next() < 0.05) await app.resize(80, 24);
		writes = [];
		const steps = Array.from({length: 1 + Math.floor(next() * 5)}, random);
		// In the midst of others, which most often leave it alone.
		if (next() < (kind === 'asked' ? 0.5 : 0.35))
			steps.splice(next() < 0.7 ? 0 : Math.floor(next() * steps.length), 0, ...guided());
		for (const step of steps) await step();
	}
	await one.until(() => gate.proposal?.phase !== 'sending', 90_000);
	return count;
}

/** Several sessions side by side: each waits for its device most of the time. */
async function all(seeds: readonly number[], sequences: number, kind: Kind): Promise<Count> {
	performance.now = () => now() + ahead.ms;
	const counts = await Promise.all(seeds.map(seed => drive(seed, sequences, kind)));
	const sum = (of: (one: Count) => number): number => counts.reduce((total, one) => total + of(one), 0);
	const count: Count = {
		sequences: sum(one => one.sequences),
		keys: sum(one => one.keys),
		dialogs: sum(one => one.dialogs),
		confirmed: sum(one => one.confirmed),
		sent: sum(one => one.sent),
		wrong: counts.flatMap(({wrong}) => wrong),
	};
	console.log(
		`keys, ${kind}: ${count.sequences} sequences of ${count.keys} keys, ${count.dialogs} dialogs, ${count.confirmed} confirmed, ${count.sent} commands sent`,
	);
	return count;
}

test.each([
	['own', 220],
	['asked', 150],
] as const)(
	'whatever is pressed, with permission (%s): nothing is sent that was not decided',
	async (kind, sequences) => {
		const count = await all([1, 2, 3, 4], sequences, kind);
		expect(count.wrong).toEqual([]);
		expect(count.sent).toBeGreaterThan(count.sequences * 0.05);
	},
	240_000,
);

test.each([
	['unarmed', 80],
	['look-only', 60],
] as const)(
	'whatever is pressed, %s: nothing is sent without permission',
	async (kind, sequences) => {
		const {wrong, sent, dialogs, sequences: done} = await all([5, 6, 7, 8], sequences, kind);
		expect({wrong, sent}).toEqual({wrong: [], sent: 0});
		expect(dialogs).toBeGreaterThan(done * 0.05);
	},
	240_000,
);
