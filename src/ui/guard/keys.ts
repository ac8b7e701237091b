/** `A` and `x`, and every key while one of the guard's screens is open. */
import type {ActionId, Subject} from '../../domain/guard.ts';
import {isUnitName} from '../../domain/units/name.ts';
import {MINUTES} from '../../session/guard/consent.ts';
import {holding} from '../../session/guard/state.ts';
import type {Controls} from '../../session/store.ts';
import type {Desk} from '../desk.ts';
import type {Jumps} from '../jumps.ts';
import {createDialogKeys, type DialogKeys} from './dialog-keys.ts';
import {whyNoShell} from './elsewhere.ts';
import {consentFormOf, formed, formOf, formPasted} from './form.ts';
import {menued, menuOf} from './menu.ts';
import type {GuardTable} from './table.ts';

export type GuardParts = {
	readonly desk: Desk;
	readonly jumps: Jumps;
	readonly controls: Controls;
	readonly table: GuardTable;
	readonly copy: (text: string) => void;
	readonly verdict: () => string;
};

export interface GuardKeys {
	/** `x`: what can be done to the focused item. */
	act(): void;
	/** `A`: records a permission; where one holds, says so. */
	arm(): void;
	/** `s`: the dialog of a shell where a permission covers it, else the command of one elsewhere. */
	shell(): void;
	/** Opens the dialog of an action on the focused item. */
	propose(action: ActionId): void;
	/** Why an action can't be opened from here; empty where it can. */
	whyNot(action: ActionId): string;
	/** A key while one of the guard's screens is open; false where none is. */
	press(name: string): boolean;
	/** Keys that came in one read, or a paste. False where none of the screens is open. */
	burst(text: string): boolean;
	paste(text: string): boolean;
	readonly painted: DialogKeys['painted'];
}

const ENTER = /[\r\n]/;

export function createGuardKeys({desk, jumps, controls, table, copy, verdict}: GuardParts): GuardKeys {
	const {session, ui, set, say} = desk;
	const {guard} = controls;
	/** Of the newest dialog: a permission is most likely for that. */
	let newest: {action: ActionId; unit: string | null} | null = null;

	/** The unit under the cursor; null where there is none. In a log that goes on, no line is under it. */
	function unitHere(): string | null {
		const {spec, state, look} = desk.here();
		if (look.cursor === null) return null;
		const key = jumps.underCursor();
		if (key === undefined) return null;
		const what = spec.inspects?.(state, key) ?? null;
		const name = what !== null && 'unit' in what ? what.unit : (spec.logOf?.(state, key) ?? null);
		return name !== null && isUnitName(name) ? name : null;
	}

	const subjectFor = (of: Subject['kind']): Subject | null => {
		if (of === 'device') return {kind: 'device'};
		const unit = of === 'unit' ? unitHere() : null;
		return unit === null ? null : {kind: 'unit', unit};
	};

	function armFor(about: {readonly action: ActionId | null; readonly unit: string | null}): void {
		const {lookOnly, own} = session.getState().guard;
		if (guard === null || lookOnly !== '') {
			say(lookOnly);
			return;
		}
		if (session.getState().recording === null) {
			say('A permission has to be on record, and this session is not recorded: begin it with --record FILE.');
			return;
		}
		if (!own) {
			set({form: formOf(about, table)});
			return;
		}
		const wrong = guard.consent({
			by: 'operator',
			via: 'own device',
			words: '',
			kind: 'own',
			actions: 'any',
			units: 'any',
			minutes: MINUTES,
		});
		say(wrong === '' ? `Armed for ${MINUTES} minutes: a device of our own.` : wrong);
	}

	const dialogs =
		guard === null ? null : createDialogKeys({desk, guard, table, copy, verdict, arm: about => armFor(about)});

	function open(action: ActionId, subject: Subject): void {
		newest = {action, unit: subject.kind === 'unit' ? subject.unit : null};
		dialogs?.open(action, subject);
	}

	function whyNot(action: ActionId): string {
		if (guard === null) return session.getState().guard.lookOnly;
		const found = table.actions.find(({id}) => id === action);
		if (found === undefined || found.of === 'command') return 'It is not done from the screen.';
		return subjectFor(found.of) === null
			? 'No unit is under the cursor: 1 focuses the Services, ↑ ↓ choose, then again.'
			: '';
	}

	function pressForm(name: string): void {
		const {form} = ui.getState();
		if (form === null) return;
		const next = formed(form, name);
		if (next !== 'record') {
			set({form: next, ...(next === null ? {said: 'No permission was recorded.'} : {})});
			return;
		}
		const wrong = guard?.consent(consentFormOf(form)) ?? '';
		if (wrong !== '') set({form: {...form, wrong}});
		else set({form: null, said: `The permission by ${form.by} is on record.`});
	}

	function pressArmed(name: string): void {
		if (name === 'd') {
			const wrong = guard?.disarm('by the operator') ?? '';
			set({armed: false, said: wrong === '' ? 'Nothing is armed any more: devtop only looks.' : wrong});
		} else if (name === 'A') {
			set({armed: false, form: formOf(newest ?? {action: null, unit: unitHere()}, table)});
		} else if (name === 'escape' || name === 'ctrl-c' || name === 'enter') set({armed: false});
	}

	function pressMenu(name: string): void {
		const {menu} = ui.getState();
		if (menu === null) return;
		const next = menued(menu, table, name);
		if (next === null || !('chosen' in next)) {
			set({menu: next});
			return;
		}
		set({menu: null});
		open(next.chosen.id, menu.subject);
	}

	function pressElsewhere(name: string): void {
		if (name === 'A') {
			set({elsewhere: null});
			armFor({action: 'shell.open', unit: null});
		} else if (name === 'escape' || name === 'ctrl-c' || name === 'enter' || name === 's') set({elsewhere: null});
	}

	return {
		act() {
			const {lookOnly} = session.getState().guard;
			if (guard === null) say(lookOnly);
			else set({menu: menuOf(unitHere())});
		},
		arm() {
			const {guard: view} = session.getState();
			if (guard !== null && holding(view, view.ms).length > 0) set({armed: true});
			else armFor(newest ?? {action: null, unit: unitHere()});
		},
		shell() {
			const why = whyNoShell(session.getState());
			if (why === '') {
				open('shell.open', {kind: 'device'});
				return;
			}
			const command = table.ssh?.map(table.quote).join(' ') ?? '';
			if (command !== '') copy(command);
			set({elsewhere: {command, why}});
		},
		whyNot,
		propose(action) {
			const why = whyNot(action);
			const subject = subjectFor(table.actions.find(({id}) => id === action)?.of ?? 'command');
			if (why !== '' || subject === null) say(why);
			else open(action, subject);
		},
		press(name) {
			const {form, armed, dialog, menu, elsewhere} = ui.getState();
			if (form === null && !armed && dialog === null && menu === null && elsewhere === null) return false;
			set({said: ''});
			if (elsewhere !== null) pressElsewhere(name);
			else if (form !== null) pressForm(name);
			else if (armed) pressArmed(name);
			else if (dialog !== null) dialogs?.press(name);
			else pressMenu(name);
			return true;
		},
		burst(text) {
			const {form, dialog, armed} = ui.getState();
			// Without brackets around a paste its lines look like Enter.
			if (form !== null && ENTER.test(text)) {
				set({form: formPasted(form, text)});
				return true;
			}
			if (form !== null || armed || dialog === null) return false;
			set({said: ''});
			dialogs?.burst(text);
			return true;
		},
		paste(text) {
			const {form, armed, dialog, menu, elsewhere} = ui.getState();
			if (form !== null) set({form: formPasted(form, text)});
			else if (!armed && dialog !== null) dialogs?.paste();
			else if (armed || menu !== null || elsewhere !== null) say('What was pasted is not taken for keys.');
			else return false;
			return true;
		},
		painted: what => dialogs?.painted(what),
	};
}
