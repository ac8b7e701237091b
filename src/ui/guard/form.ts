/** The form that a consent is recorded by. Keys as pure steps; what it says stands in form-rows.ts. */
import type {ActionId} from '../../domain/guard.ts';
import {clean} from '../../domain/text.ts';
import {type ConsentForm, MINUTES} from '../../session/guard/consent.ts';
import type {GuardTable, Profile} from './table.ts';

export type FieldId = 'profile' | 'by' | 'via' | 'words' | 'actions' | 'units' | 'minutes' | 'record';

type Texts = Readonly<Record<'by' | 'via' | 'words' | 'minutes', string>>;

export type Form = Texts & {
	readonly at: FieldId;
	readonly profiles: readonly Profile[];
	/** Place of the chosen profile; -1 for none. */
	readonly profile: number;
	/** What can be chosen, the likeliest first. */
	readonly actions: readonly (ActionId | 'any')[];
	readonly action: number;
	readonly units: readonly string[];
	readonly unit: number;
	/** Why it could not be recorded; empty before that. */
	readonly wrong: string;
};

const LONGEST: Readonly<Record<keyof Texts, number>> = {by: 200, via: 200, words: 2000, minutes: 4};
const ANY = 'any';

/** @param about what the permission is most likely for: of the dialog, or what is under the cursor. */
export const formOf = (
	about: {readonly action: ActionId | null; readonly unit: string | null},
	{actions, profiles}: Pick<GuardTable, 'actions' | 'profiles'>,
): Form => ({
	at: profiles.length > 0 ? 'profile' : 'by',
	profiles,
	profile: -1,
	by: '',
	via: '',
	words: '',
	actions: [
		...(about.action === null ? [] : [about.action]),
		ANY,
		...actions.map(({id}) => id).filter(id => id !== about.action && id !== 'command.run'),
	],
	action: 0,
	units: [...(about.unit === null ? [] : [about.unit]), ANY],
	unit: 0,
	minutes: String(MINUTES),
	wrong: '',
});

/** The fields from top to bottom. */
export const fieldsOf = ({profiles}: Pick<Form, 'profiles'>): readonly FieldId[] => [
	...(profiles.length > 0 ? (['profile'] as const) : []),
	'by',
	'via',
	'words',
	'actions',
	'units',
	'minutes',
	'record',
];

/** What would be put on record. */
export const consentFormOf = ({by, via, words, actions, action, units, unit, minutes}: Form): ConsentForm => {
	const chosen = actions[action] ?? ANY;
	const where = units[unit] ?? ANY;
	return {
		by,
		via,
		words,
		kind: 'customer',
		actions: chosen === ANY ? ANY : [chosen],
		units: where === ANY ? ANY : [where],
		minutes: Number(minutes),
	};
};

const isText = (at: FieldId): at is keyof Texts => at === 'by' || at === 'via' || at === 'words' || at === 'minutes';

function withText(form: Form, text: string): Form {
	const {at} = form;
	if (!isText(at)) return form;
	const kept = at === 'minutes' ? text.replace(/\D/g, '') : text;
	return {...form, [at]: kept.slice(0, LONGEST[at]), wrong: ''};
}

/** Pasted text goes into the field with the cursor, as one line whatever it was. */
export function formPasted(form: Form, text: string): Form {
	const {at} = form;
	if (!isText(at)) return {...form, wrong: 'What was pasted goes into a line of text: go to one, then paste.'};
	const line = clean(text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')).trim();
	return withText(form, `${form[at]}${line}`);
}

/** The next or previous choice of the field. */
function turned(form: Form, by: 1 | -1): Form {
	const next = (at: number, length: number, first = 0): number =>
		first + ((at - first + by + (length - first)) % (length - first));
	switch (form.at) {
		case 'profile': {
			const profile = next(form.profile, form.profiles.length, -1);
			const found = form.profiles[profile];
			return found === undefined
				? {...form, profile, via: '', minutes: String(MINUTES)}
				: {
						...form,
						profile,
						via: [found.via, found.ticket].filter(word => word !== undefined && word !== '').join(' '),
						minutes: String(found.minutes),
					};
		}
		case 'actions':
			return {...form, action: next(form.action, form.actions.length)};
		case 'units':
			return {...form, unit: next(form.unit, form.units.length)};
		default:
			return form;
	}
}

/** What a key makes of it: the form as it is then, the wish to record it, or null where it is left. */
export function formed(form: Form, name: string): Form | 'record' | null {
	const fields = fieldsOf(form);
	const {at} = form;
	const go = (by: 1 | -1): Form => ({
		...form,
		at: fields[(fields.indexOf(at) + by + fields.length) % fields.length] ?? 'by',
	});
	switch (name) {
		case 'escape':
		case 'ctrl-c':
			return null;
		case 'tab':
		case 'down':
			return go(1);
		case 'shift-tab':
		case 'up':
			return go(-1);
		case 'enter':
			return at === 'minutes' || at === 'record' ? 'record' : go(1);
		case 'left':
			return turned(form, -1);
		case 'right':
			return turned(form, 1);
	}
	if (!isText(at)) return name === 'space' ? turned(form, 1) : form;
	switch (name) {
		case 'backspace':
			return withText(form, [...form[at]].slice(0, -1).join(''));
		case 'ctrl-u':
			return withText(form, '');
		case 'ctrl-w':
			return withText(form, form[at].replace(/\S*\s*$/, ''));
		case 'space':
			return withText(form, `${form[at]} `);
		default:
			return [...name].length === 1 ? withText(form, `${form[at]}${clean(name)}`) : form;
	}
}
