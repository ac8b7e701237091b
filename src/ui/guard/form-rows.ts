/** The rows of the consent form, and of what is shown in its place while something is armed. */
import type {Consent} from '../../domain/guard.ts';
import type {Row, Span} from '../../domain/pane.ts';
import {titleRow} from '../title.ts';
import {wrapped} from '../wrapped.ts';
import {type FieldId, type Form, fieldsOf} from './form.ts';
import type {GuardTable} from './table.ts';
import {left} from './words.ts';

const NAMES: Readonly<Record<Exclude<FieldId, 'record'>, readonly [name: string, hint: string]>> = {
	profile: ['profile', 'fills in the way and the minutes'],
	by: ['who', 'who gave the permission'],
	via: ['by what way', 'ticket 4711, phone, chat'],
	words: ['their words', 'as they were said: type or paste them'],
	actions: ['for', 'left and right choose'],
	units: ['units', 'left and right choose'],
	minutes: ['minutes', 'until it ends by itself'],
};

const LABEL = 16;
const MOST_LINES = 4;
/** Longer lines than this are hard to read. */
const WIDEST = 110;

const titleOf = (id: string, {actions}: Pick<GuardTable, 'actions'>): string =>
	id === 'any' ? 'any action' : (actions.find(action => action.id === id)?.title ?? id);

const RECORDED = 'It is recorded before anything is done; what it does not cover is refused.';
const OWN =
	'This device is in development mode. If it is yours, name its uuid under `own` in the configuration: A alone arms it then.';

/**
 * @param device name and uuid of the device that the permission is for.
 * @param development is it in development mode? That is said, and never taken for a permission.
 */
export function formRows(
	form: Form,
	table: GuardTable,
	device: string,
	development: boolean,
	columns: number,
): readonly Row[] {
	const room = Math.min(WIDEST, columns - LABEL - 5);
	const value = (field: Exclude<FieldId, 'record'>): readonly (readonly Span[])[] => {
		const here = form.at === field;
		const hint: Span = {text: here ? `  ${NAMES[field][1]}` : '', tone: 'muted'};
		const chosen = (text: string): readonly (readonly Span[])[] => [
			[{text: `‹ ${text} ›`, tone: here ? 'accent' : 'plain'}, hint],
		];
		switch (field) {
			case 'profile':
				return chosen(form.profiles[form.profile]?.name ?? 'none');
			case 'actions':
				return chosen(titleOf(form.actions[form.action] ?? 'any', table));
			case 'units': {
				const unit = form.units[form.unit] ?? 'any';
				return chosen(unit === 'any' ? 'any unit' : unit);
			}
			default: {
				const lines = wrapped(form[field], room);
				const shown = lines.slice(-MOST_LINES);
				return shown.map((text, index) => [
					{text: index === 0 && lines.length > shown.length ? `…${text.slice(1)}` : text, tone: 'plain'},
					...(index < shown.length - 1 || !here ? [] : [{text: '▏', tone: 'accent'} as const]),
					...(form[field] === '' ? [hint] : []),
				]);
			}
		}
	};
	const rows = fieldsOf(form).flatMap((field): readonly Row[] => {
		if (field === 'record')
			return [
				[{text: ' '}],
				[
					{text: '   '},
					{
						text: form.at === 'record' ? '[‹Record it›]' : '[ Record it ]',
						tone: form.at === 'record' ? 'accent' : 'strong',
					},
				],
			];
		return value(field).map((spans, index) => [
			{text: form.at === field && index === 0 ? ' › ' : '   ', tone: 'accent'},
			{text: index === 0 ? NAMES[field][0] : '', tone: form.at === field ? 'accent' : 'muted', width: LABEL},
			...spans,
		]);
	});
	return [
		titleRow(
			[
				{text: ' Record a permission ', tone: 'strong'},
				{text: `for ${device} `, tone: 'muted'},
			],
			columns,
		),
		[{text: ' '}],
		...rows,
		[{text: ' '}],
		...(form.wrong === ''
			? [RECORDED, ...(development ? [OWN] : [])].flatMap(text =>
					wrapped(text, columns - 6).map((line): Row => [{text: `   ${line}`, tone: 'muted'}]),
				)
			: wrapped(form.wrong, columns - 6).map((text): Row => [{text: '   '}, {text, tone: 'error'}])),
	];
}

/** What is armed, while `A` asks what to do about it. */
export function armedRows(
	consents: readonly Consent[],
	ms: number,
	table: Pick<GuardTable, 'actions'>,
	columns: number,
): readonly Row[] {
	return [
		titleRow([{text: ' Armed ', tone: 'warning'}], columns),
		[{text: ' '}],
		...consents.flatMap(({by, via, words, kind, actions, units, untilMs}): readonly Row[] => {
			const what = actions === 'any' ? 'any action' : actions.map(id => titleOf(id, table)).join(', ');
			const where = units === 'any' ? 'any unit' : units.join(', ');
			const who = kind === 'own' ? 'a device of our own' : `${by}, ${via}: “${words}”`;
			return wrapped(`${left(untilMs - ms)} left, for ${what}, ${where}. ${who}`, Math.min(WIDEST, columns - 8)).map(
				(text, index): Row => [{text: index === 0 ? '   • ' : '     '}, {text, tone: 'plain'}],
			);
		}),
		[{text: ' '}],
		[{text: '   '}, {text: 'd', tone: 'accent'}, {text: '  looks only again'}],
		[{text: '   '}, {text: 'A', tone: 'accent'}, {text: '  records another permission'}],
	];
}
