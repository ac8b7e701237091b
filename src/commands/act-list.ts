/** `devtop act --list`: what can be done to a device, from the table of actions. */
import {actions, neverOffered} from '../actions/index.ts';
import {type Action, type Readings, type Risk, unread} from '../domain/guard.ts';
import type {Said} from './said.ts';

/** A device that nothing is known of, but that our road is none of its units: what an ordinary unit's risk is. */
const nothing: Readings = {...unread, cameBy: 'lo'};

/** What a risk is called, as the dialog and the documents have it. */
export const RISKS: Readonly<Record<Risk, string>> = {
	free: 'R0 nearly free',
	reversible: 'R1 can be taken back',
	disruptive: 'R2 work stops for a while',
	severe: 'R3 everything stops',
	self: 'R3 our own road',
};

const riskOf = (action: Action): Risk =>
	action.risk(action.of === 'unit' ? {kind: 'unit', unit: 'some.service'} : {kind: 'device'}, nothing);

const called = ({word, of}: Action): string =>
	`${word}${of === 'unit' ? ' UNIT' : of === 'command' ? ' -- CMD…' : of === 'file' ? ' FILE TARGET:PATH' : ''}`;

/** One action is three rows: how it is called and its risk, what it does, what proves it. */
export function listActions(table: readonly Action[] = actions): Said {
	const width = Math.max(...table.map(action => called(action).length));
	const rows = table.flatMap(action => [
		`${called(action).padEnd(width)}  ${action.id.padEnd(18)}  ${RISKS[riskOf(action)]}`,
		`${''.padEnd(width)}  effect: ${action.effect}${action.untried === undefined ? '' : ` (${action.untried})`}`,
		`${''.padEnd(width)}  proof:  ${action.proves}`,
	]);
	return {
		text: [
			...rows,
			'',
			'Stopping or restarting the engine’s own units, or what carries our connection, is R3 too. Where the risk is R3 a name',
			'has to be given with --confirm: that of the unit, or the short uuid (else the host name) of the device.',
			'',
			'Never offered:',
			...neverOffered.map(({title, why}) => `  ${title}: ${why}.`),
			'',
		].join('\n'),
		code: 0,
	};
}
