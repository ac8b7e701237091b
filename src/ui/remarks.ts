/** What the operator writes into the session: marks, notes, to-dos, and findings that are known. */
import type {Controls} from '../session/store.ts';
import type {Desk} from './desk.ts';
import {matchWords} from './header.ts';
import type {Jumps} from './jumps.ts';

export interface Remarks {
	/** Marks what is under the cursor. */
	mark(): void;
	/** Begins to write. */
	write(kind: 'note' | 'todo' | 'snooze' | 'pause' | 'scope'): void;
	/** What was written. */
	written(kind: 'note' | 'todo' | 'snooze', text: string): void;
}

/** A line of a mark is cut here; the entry itself is named by its cursor. */
const LONGEST = 300;

export function createRemarks({session, set, say, here}: Desk, {underCursor}: Jumps, controls: Controls): Remarks {
	/**
	 * Without a recording it lasts as long as the screen.
	 *
	 * @param ofDevice it has words of the device in it, which a paused recording does not take.
	 */
	const where = (ofDevice: boolean): string => {
		const {recording, paused} = session.getState();
		if (recording === null) return 'the story (o); it is not recorded';
		return ofDevice && paused !== null
			? 'the story (o); the recording is paused and has it not'
			: 'the recording and the story (o)';
	};

	/** What a snooze is about: kept from the key to the end of typing, as the list goes on meanwhile. */
	let finding: string | null = null;

	return {
		mark() {
			const {spec, state, look} = here();
			const key = underCursor();
			if (key === undefined) {
				say('There is nothing under the cursor to mark.');
				return;
			}
			const what = spec.inspects?.(state, key) ?? null;
			const cursor = what !== null && 'cursor' in what ? what.cursor : (spec.evidence?.(state, key)?.cursor ?? null);
			const text = spec.text(state, key, look).slice(0, LONGEST);
			controls.remark({t: 'mark', text: `${spec.title}: ${text}`, pane: spec.id, ...(cursor === null ? {} : {cursor})});
			say(`Marked in ${where(true)}.`);
		},
		write(kind) {
			if (kind === 'snooze') {
				const {spec} = here();
				const key = underCursor();
				if (spec.id !== 'findings' || key === undefined) {
					say('Only a finding can be set aside as known: 6, then the cursor on it.');
					return;
				}
				finding = String(key);
			}
			set({prompt: {kind, text: kind === 'scope' ? matchWords(session.getState().scope) : '', wrong: ''}});
		},
		written(kind, text) {
			const said = text.trim();
			if (said === '') return;
			if (kind === 'snooze') {
				if (finding !== null) controls.remark({t: 'snooze', key: finding, text: said});
				const {recording, paused} = session.getState();
				const only = recording !== null && paused !== null ? ' The recording is paused and has it not.' : '';
				say(`Set aside as known, until it happens again.${only}`);
				return;
			}
			controls.remark({t: kind, text: said});
			say(`Written into ${where(false)}.`);
		},
	};
}
