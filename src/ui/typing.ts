/** Keys while something is typed: a filter, a search, a time, a note. */
import {type Filter, parseFilter} from '../domain/filter.ts';
import {clean} from '../domain/text.ts';
import type {Desk} from './desk.ts';
import type {Remarks} from './remarks.ts';
import type {Seeking} from './seeking.ts';

/** The longest text that is taken: a paste may be anything. */
export const LONGEST_PROMPT = 500;

/**
 * @param goTo jumps a replay to a typed time; a sentence where it can't.
 * @param pause pauses the recording for a typed reason.
 * @param scope fetches what was typed of the journal; a sentence where that is no scope.
 */
export function createTyping(
	{ui, set, setLook, parse}: Desk,
	{search}: Seeking,
	goTo: (text: string) => string,
	written: Remarks['written'],
	pause: (reason: string) => void,
	scope: (text: string) => string,
): (name: string) => void {
	const wrongOf = (parsed: Filter | {readonly wrong: string}): string => ('wrong' in parsed ? parsed.wrong : '');

	/** A key while something is typed. */
	function type(name: string): void {
		const {prompt, looks, focus} = ui.getState();
		if (prompt === null) return;
		const edit = (text: string): void =>
			set({prompt: {...prompt, text, wrong: prompt.kind === 'filter' ? wrongOf(parseFilter(text)) : ''}});
		switch (name) {
			case 'escape':
			case 'ctrl-c':
				set({prompt: null});
				return;
			case 'backspace':
				edit([...prompt.text].slice(0, -1).join(''));
				return;
			case 'ctrl-u':
				edit('');
				return;
			case 'ctrl-w':
				edit(prompt.text.replace(/\S*\s*$/, ''));
				return;
			case 'enter': {
				const look = looks[focus];
				if (prompt.kind === 'search') {
					set({prompt: null});
					if (prompt.text === '') {
						setLook({...look, search: ''});
						return;
					}
					// In a log that follows, the newest hit is the one that matters.
					search(look.follow ? -1 : 1, {...look, search: prompt.text});
					return;
				}
				if (prompt.kind === 'note' || prompt.kind === 'todo' || prompt.kind === 'snooze') {
					set({prompt: null});
					written(prompt.kind, prompt.text);
					return;
				}
				if (prompt.kind === 'pause') {
					const reason = prompt.text.trim();
					set({prompt: reason === '' ? {...prompt, wrong: 'the note will name a reason: type one'} : null});
					if (reason !== '') pause(reason);
					return;
				}
				if (prompt.kind === 'scope') {
					const wrong = scope(prompt.text);
					set({prompt: wrong === '' ? null : {...prompt, wrong}});
					return;
				}
				if (prompt.kind === 'time') {
					const wrong = prompt.text.trim() === '' ? '' : goTo(prompt.text);
					set({prompt: wrong === '' ? null : {...prompt, wrong}});
					return;
				}
				const filter = parse(prompt.text);
				if ('wrong' in filter) {
					edit(prompt.text);
					return;
				}
				set({prompt: null});
				setLook({...look, filter});
				return;
			}
			case 'space':
				edit(`${prompt.text} `);
				return;
			default:
				if ([...name].length === 1) edit(`${prompt.text}${clean(name)}`.slice(0, LONGEST_PROMPT));
		}
	}

	return type;
}
