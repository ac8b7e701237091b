/** Keys of the dialog. Nothing here sends anything: what was confirmed goes to the gate, which decides anew. */
import type {ActionId, Proposal, Subject} from '../../domain/guard.ts';
import {clean} from '../../domain/text.ts';
import type {GuardControls} from '../../session/store.ts';
import type {Desk} from '../desk.ts';
import {consentOf, type Dialog, proposalOf} from './dialog.ts';
import {requestOf} from './request.ts';
import {type GuardTable, shortName} from './table.ts';

/** What stands on the screen: only that can be confirmed. */
export type Painted = {
	readonly id: number;
	readonly phase: Proposal['phase'];
	/** Was every row of it on the screen? */
	readonly whole: boolean;
};

export interface DialogKeys {
	open(action: ActionId, subject: Subject): void;
	press(name: string): void;
	/** Several keys in one read are no decision, whatever they are. */
	burst(text: string): void;
	/** A paste is no decision either, nor is what comes right with it: its text may hold the mark of its own end. */
	paste(): void;
	/** Told by the view behind each drawing; null where it is gone from the screen. */
	painted(what: Painted | null): void;
}

/** What decides is thrown away where it was on its way before anyone could read, and so is `y` out of a row of keys. */
const READ_MS = 300;
/** Nobody types a name's last letter and Enter within this; a paste without brackets does. */
const TYPED_MS = 30;
const LONGEST_NAME = 260;
const PAGE = 8;

export type DialogParts = {
	readonly desk: Desk;
	readonly guard: GuardControls;
	readonly table: GuardTable;
	/** Opens the consent form, or arms a device of our own. */
	readonly arm: (about: {readonly action: ActionId; readonly unit: string | null}) => void;
	/** Writes to the clipboard where the terminal can. */
	readonly copy: (text: string) => void;
	/** What is wrong with the device just now, one sentence. */
	readonly verdict: () => string;
};

export function createDialogKeys({desk, guard, table, arm, copy, verdict}: DialogParts): DialogKeys {
	const {session, ui, set, say} = desk;
	let paint: (Painted & {readonly at: number}) | null = null;
	let lastKeyAt = 0;
	let keys = 0;

	const change = (dialog: Dialog, what: Partial<Dialog>): void => set({dialog: {...dialog, ...what}});

	// The dialog ends with its proposal: sent, or taken back.
	session.subscribe(state => {
		const {dialog} = ui.getState();
		if (dialog === null) return;
		const there = proposalOf(dialog, state.guard) !== null;
		if (there && !dialog.seen) change(dialog, {seen: true});
		else if (!there && dialog.seen) set({dialog: null});
	});

	function open(action: ActionId, subject: Subject): void {
		paint = null;
		const after = session.getState().guard.proposal?.id ?? 0;
		set({dialog: {action, subject, after, seen: false, focus: 'cancel', typed: '', top: 0, request: ''}});
		guard.propose(action, subject);
	}

	function leave(dialog: Dialog): void {
		guard.cancel();
		set({dialog: null, said: `${shortName(dialog)}: not done.`});
	}

	/** Is the dialog on the screen as it is, for so long? */
	const isSeen = ({id, phase}: Proposal, now: number, ms = 0): boolean =>
		paint !== null && paint.id === id && paint.phase === phase && now - paint.at >= ms;

	/** Why it can't be confirmed from here; the gate has its own reasons besides. */
	function unready(proposal: Proposal): string {
		const {guard: view} = session.getState();
		if (view.lookOnly !== '') return view.lookOnly;
		if (consentOf(proposal, view) === null)
			return view.own
				? 'Nothing is armed: A arms this device of our own.'
				: 'There is no permission on record for this: A records one.';
		return paint?.whole === true ? '' : 'There is more to read below: ↓, then confirm.';
	}

	/** Hands the answer to the gate, unless another key came in the same read. */
	function confirm(proposal: Proposal, answer: string): void {
		const not = unready(proposal);
		if (not !== '') {
			say(not);
			return;
		}
		const count = keys;
		setTimeout(() => {
			const {dialog} = ui.getState();
			if (count !== keys) {
				say('Several keys at once are no confirmation: nothing was done.');
				return;
			}
			// What the gate holds must be what was read.
			if (dialog === null || proposalOf(dialog, session.getState().guard)?.id !== proposal.id) return;
			void guard.confirm(answer).then(why => {
				if (why !== '' && ui.getState().dialog === null) say(why);
			});
		}, 0);
	}

	function ask(dialog: Dialog, proposal: Proposal): void {
		const mayNotReturn = table.actions.find(({id}) => id === proposal.action)?.mayNotReturn ?? false;
		const request = requestOf(proposal, verdict(), mayNotReturn);
		copy(request);
		guard.asked(request);
		change(dialog, {request});
	}

	function typed(dialog: Dialog, name: string): boolean {
		const text = name === 'space' ? ' ' : name;
		if (name === 'backspace') change(dialog, {typed: [...dialog.typed].slice(0, -1).join('')});
		else if (name === 'ctrl-u') change(dialog, {typed: ''});
		else if ([...text].length === 1) change(dialog, {typed: `${dialog.typed}${clean(text)}`.slice(0, LONGEST_NAME)});
		else return false;
		return true;
	}

	function enter(dialog: Dialog, proposal: Proposal, quiet: number): void {
		const {phase, confirmation} = proposal;
		if (dialog.focus === 'cancel') leave(dialog);
		else if (phase === 'refused') open(proposal.action, proposal.subject);
		else if (confirmation.kind === 'yes') say('Enter never confirms: y does it.');
		else if (dialog.typed !== confirmation.word) say(`The name to type is ${confirmation.word}, as it stands there.`);
		else if (quiet < TYPED_MS) say('That came too fast to be typed: Enter again.');
		else confirm(proposal, dialog.typed);
	}

	function press(name: string): void {
		const {dialog} = ui.getState();
		if (dialog === null) return;
		keys++;
		const now = performance.now();
		const quiet = now - Math.max(lastKeyAt, paint?.at ?? now);
		const sinceKey = now - lastKeyAt;
		lastKeyAt = now;
		const proposal = proposalOf(dialog, session.getState().guard);
		if (name === 'escape' || name === 'ctrl-c') {
			if (dialog.request !== '') change(dialog, {request: ''});
			else if (proposal?.phase === 'sending') say('It is on its way: wait for how it ends.');
			else leave(dialog);
			return;
		}
		if (proposal === null || proposal.phase === 'sending' || dialog.request !== '') return;
		switch (name) {
			case 'up':
			case 'page-up':
				change(dialog, {top: Math.max(0, dialog.top - (name === 'up' ? 1 : PAGE))});
				return;
			case 'down':
			case 'page-down':
				change(dialog, {top: dialog.top + (name === 'down' ? 1 : PAGE)});
				return;
		}
		// A key that was on its way before the dialog was there meant something else.
		if (!isSeen(proposal, now)) return;
		const {phase, confirmation} = proposal;
		if (name === 'tab' || name === 'shift-tab' || name === 'left' || name === 'right') {
			if (phase !== 'reading') change(dialog, {focus: dialog.focus === 'cancel' ? 'act' : 'cancel'});
			return;
		}
		if (name === 'enter') {
			if (isSeen(proposal, now, READ_MS)) enter(dialog, proposal, sinceKey);
			return;
		}
		if (phase !== 'ready') return;
		if (dialog.focus === 'act' && confirmation.kind === 'typed' && typed(dialog, name)) return;
		if (name === 'A')
			arm({action: proposal.action, unit: proposal.subject.kind === 'unit' ? proposal.subject.unit : null});
		else if (name === 'a') ask(dialog, proposal);
		else if (name === 'y' && confirmation.kind === 'typed') say('Its name is typed: Tab, then the name, then Enter.');
		else if (name === 'y' && quiet < READ_MS) say('That came too fast to be a decision: y again.');
		else if (name === 'y') confirm(proposal, 'y');
	}

	return {
		open,
		press,
		burst(text) {
			keys++;
			lastKeyAt = performance.now();
			const {dialog} = ui.getState();
			const proposal = dialog === null ? null : proposalOf(dialog, session.getState().guard);
			if (dialog === null || proposal?.phase !== 'ready' || !isSeen(proposal, lastKeyAt, READ_MS)) return;
			// A name may be typed faster than the screen is drawn; its Enter stands for itself.
			if (dialog.focus === 'act' && proposal.confirmation.kind === 'typed' && !/[\r\n]/.test(text))
				change(dialog, {typed: `${dialog.typed}${clean(text)}`.slice(0, LONGEST_NAME)});
			else say('Several keys at once are no confirmation: nothing was done.');
		},
		paste() {
			keys++;
			lastKeyAt = performance.now();
			say('What was pasted is not taken for keys.');
		},
		painted(what) {
			const same = paint !== null && what !== null && paint.id === what.id && paint.phase === what.phase;
			// Drawn again with the same to read, it was read already.
			paint = what === null ? null : {...what, at: same && paint !== null ? paint.at : performance.now()};
		},
	};
}
