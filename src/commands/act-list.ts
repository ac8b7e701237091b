/** `devtop act --list`: what can be done to a device, from the table of actions. */
import {actions, neverOffered} from '../actions/index.ts';
import {type Action, type Readings, type Risk, risks, unread} from '../domain/guard.ts';
import type {Said} from './said.ts';

/** A device that nothing is known of, but that our road is none of its units: what an ordinary unit's risk is. */
const nothing: Readings = {...unread, cameBy: 'lo'};

/** `R2 interrupts work`. */
export const riskWords = (risk: Risk): string => `${risks[risk].level} ${risks[risk].text}`;

const riskOf = (action: Action): Risk =>
	action.risk(action.of === 'unit' ? {kind: 'unit', unit: 'some.service'} : {kind: 'device'}, nothing);

const called = ({word, of}: Action): string =>
	`${word}${of === 'unit' ? ' UNIT' : of === 'command' ? ' -- CMD…' : of === 'file' ? ' FILE TARGET:PATH' : ''}`;

/** One action is three rows: how it is called and its risk, what it does, what proves it. */
export function listActions(table: readonly Action[] = actions): Said {
	const width = Math.max(...table.map(action => called(action).length));
	const rows = table.flatMap(action => [
		`${called(action).padEnd(width)}  ${action.id.padEnd(18)}  ${riskWords(riskOf(action))}`,
		`${''.padEnd(width)}  effect: ${action.effect}${action.untried === undefined ? '' : ` (${action.untried})`}`,
		`${''.padEnd(width)}  proof:  ${action.proves}`,
	]);
	return {
		text: [
			...rows,
			'',
			'Of a unit the risk is that of all that stops with it: the engine, our own connection, or much at once is R3. Then a name',
			'has to be given with --confirm: that of the unit, or the short uuid (else the host name) of the device.',
			'',
			'Never offered:',
			...neverOffered.map(({title, why}) => `  ${title}: ${why}.`),
			'',
		].join('\n'),
		code: 0,
	};
}
