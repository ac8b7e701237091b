/** What an operator calls an action on the command line, and what that means. */
import {actions} from '../actions/index.ts';
import {type Failure, isFailure} from '../domain/channel.ts';
import type {Action, ActionId, Subject} from '../domain/guard.ts';
import {isUnitName, noUnitName} from '../domain/units/name.ts';
import {usage} from './options.ts';

/** How many letters have to be changed, put in or left out, to make one word of another. */
function distance(from: string, to: string): number {
	let row = Array.from({length: to.length + 1}, (_, index) => index);
	for (const [line, letter] of [...from].entries()) {
		const next = [line + 1];
		for (let at = 1; at <= to.length; at++)
			next.push(
				Math.min((next[at - 1] ?? 0) + 1, (row[at] ?? 0) + 1, (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1)),
			);
		row = next;
	}
	return row[to.length] ?? 0;
}

/** The word that is most like it: one that it begins or is a part of, else the one with the fewest other letters. */
export function nearest(word: string, words: readonly string[]): string {
	const part = word.length < 3 ? undefined : words.find(one => one.startsWith(word) || word.startsWith(one));
	const by = words.toSorted((a, b) => distance(word, a) - distance(word, b));
	return part ?? by[0] ?? '';
}

/** As systemctl does: `.service` is meant where there is no suffix. Null where that gives no name either. */
function unitNamed(name: string): string | null {
	return [name, `${name}.service`].find(isUnitName) ?? null;
}

/** The action that a word names, by its id or as people say it. */
function actionNamed(word: string, table: readonly Action[] = actions): Action | Failure {
	const found = table.find(action => action.id === word || action.word === word);
	if (found !== undefined) return found;
	const near = nearest(
		word,
		table.flatMap(action => [action.word, action.id]),
	);
	return usage(`There is no action "${word}"; the nearest is "${near}". devtop act --list shows all.`);
}

/** What is to be done, by the words behind the target. */
export function deedOf(
	words: readonly string[],
	table: readonly Action[] = actions,
): {readonly action: ActionId; readonly subject: Subject} | Failure {
	const [word, ...rest] = words;
	if (word === undefined)
		return usage('devtop act needs an action, such as "restart chronyd.service". devtop act --list shows all.');
	const action = actionNamed(word, table);
	if (isFailure(action)) return action;
	if (action.of === 'command') return usage('A command is run by: devtop run <target> -- COMMAND WORD…');
	if (action.of === 'file') return usage('A file is copied by: devtop cp FILE <target>:PATH.');
	if (action.terminal) return usage('A shell is opened on the screen, where somebody types: devtop <target>, then s.');
	const [name, ...more] = rest;
	if (action.of === 'device')
		return name === undefined
			? {action: action.id, subject: {kind: 'device'}}
			: usage(`${action.word} is done to the whole device: "${name}" is one too many.`);
	if (name === undefined) return usage(`${action.word} needs a unit, such as "${action.word} chronyd.service".`);
	if (more.length > 0) return usage(`One unit at a time, so that each is proven: "${more[0]}" is one too many.`);
	const unit = unitNamed(name);
	return unit === null ? usage(noUnitName(name)) : {action: action.id, subject: {kind: 'unit', unit}};
}
