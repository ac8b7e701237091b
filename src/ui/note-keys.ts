/** Opening, reading and leaving the handover note. */
import type {Desk} from './desk.ts';
import {layoutOf} from './layout.ts';
import {type Handover, turned} from './note.tsx';

export interface NoteKeys {
	/** Begins to read it. */
	open(): void;
	/** A key while it is shown or read. */
	press(name: string): void;
}

/** @param size of the terminal. */
export function createNoteKeys(
	{ui, set, say}: Desk,
	handover: Handover,
	size: () => {readonly columns: number; readonly rows: number},
): NoteKeys {
	let reading = new AbortController();

	/** What is read for a note that was left reaches nobody. */
	async function read(stop: AbortSignal): Promise<void> {
		const found = await handover.read(share => {
			const {note} = ui.getState();
			// Drawn for each percent, not for each slice.
			if (!stop.aborted && note?.kind === 'reading' && Math.floor(share * 100) > Math.floor(note.share * 100))
				set({note: {kind: 'reading', share}});
		}, stop);
		if (stop.aborted) return;
		if ('wrong' in found) {
			set({note: null});
			say(found.wrong);
		} else set({note: {kind: 'shown', texts: found.texts, form: 'whole', top: 0}});
	}

	return {
		open() {
			reading.abort();
			reading = new AbortController();
			set({note: {kind: 'reading', share: 0}, help: false});
			void read(reading.signal);
		},
		press(name) {
			const {note} = ui.getState();
			if (note === null) return;
			set({said: ''});
			if (note.kind === 'reading') {
				if (name !== 'escape' && name !== 'h') return;
				reading.abort();
				set({note: null});
				return;
			}
			const {columns, rows} = size();
			const layout = layoutOf(columns, rows, ui.getState().focus, false, {});
			const next = turned(note, name, columns, layout.kind === 'small' ? rows : layout.height);
			if (next === 'save') say(handover.save(note.form, note.texts[note.form]));
			else set({note: next});
		},
	};
}
