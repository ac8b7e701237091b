/** What is fetched of the journal, as it is typed: journalctl's own letters, a bare word is a unit. */
import {priorityOf} from './filter.ts';
import type {Scope} from './source.ts';
import {fullUnitName, mayNameUnit} from './units/name.ts';

type Matches = Pick<Scope, 'units' | 'identifiers' | 'priority'>;

const OPTION = /^(?:-(?<letter>[ut])|--(?<name>unit|identifier|priority))(?:=(?<value>.*))?$/;

/** `-u chronyd -t balenad --priority err`; nothing is everything. */
export function parseScope(text: string): Matches | {readonly wrong: string} {
	const words = text.split(/\s+/).filter(word => word !== '');
	const units: string[] = [];
	const identifiers: string[] = [];
	let priority: string | null = null;
	for (let index = 0; index < words.length; index++) {
		const word = words[index] ?? '';
		const {letter, name, value: given} = OPTION.exec(word)?.groups ?? {};
		const option = letter === 'u' ? 'unit' : letter === 't' ? 'identifier' : name;
		if (option === undefined && word.startsWith('-'))
			return {wrong: `${word} is not known: -u UNIT, -t IDENTIFIER, --priority P`};
		const value = option === undefined ? word : (given ?? words[++index]);
		if (value === undefined || value === '') return {wrong: `${word} needs a word behind it`};
		if (option === 'identifier') identifiers.push(value);
		else if (option === 'priority') {
			if (priorityOf(value) === null) return {wrong: `a priority is 0 to 7 or a name such as err, not ${value}`};
			priority = value;
		} else if (mayNameUnit(value)) units.push(fullUnitName(value));
		else return {wrong: `${value} is no name of a unit`};
	}
	return {units, identifiers, priority};
}
