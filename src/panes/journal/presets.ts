/** Filters that are wanted again and again, and what there is to filter by. */
import type {JournalRecord} from '../../domain/journal.ts';
import type {Choice, Preset} from '../../domain/pane.ts';
import type {Ring} from '../../domain/ring.ts';
import {containerOf, type Names} from './speaker.ts';

/**
 * What polls, and says each time that all is well; only in the words of success, since the same speaker's other lines
 * are what one looks for. `heartbeat lost`, `GET /ping 503`, `Failed password` stay.
 */
const NOISE: readonly string[] = [
	'-"Reported current state"',
	String.raw`-/^([\w.-]+: )?heart ?beat( ok)?[ #:=]*\d*$/i`,
	String.raw`-/GET \/(v1\/healthy|ping|health\w*)\b(?!.* [45]\d\d\b)/`,
	String.raw`-/^run-docker-runtime.*\.mount: (Deactivated|Succeeded)/`,
	String.raw`-/^(Accepted|Starting session|Close session|Connection (from|closed)|Received disconnect|Disconnected from|pam_unix\(sshd:session\))/`,
	String.raw`-/^sshd@.*\.service: (Deactivated|Succeeded)|^Start(ed|ing) (OpenSSH|SSH) .*[Pp]er.[Cc]onnection/`,
];

/** As a value of a term; in quotes, or as an expression where it has quotes itself. */
function value(text: string): string {
	return text.includes('"') ? `/${text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}/` : `"${text}"`;
}

/** @param service of which there is to be a preset too; null: none. */
export const presetsOf = (service: string | null): readonly Preset[] => [
	{name: 'all', filter: ''},
	{name: 'without polling noise', filter: NOISE.join(' ')},
	{name: 'engine', filter: 'id:balenad'},
	// Its output comes with its unit too, and what systemd says of the unit only there.
	{name: 'supervisor', filter: 'unit:supervisor'},
	...(service === null ? [] : [{name: `service ${service}`, filter: `container:${value(service)}`}]),
];

/** Units or speakers that have lines in the ring, those with the most first. A container speaks by its service's name. */
export function choicesOf(kind: 'unit' | 'identifier', ring: Ring<JournalRecord>, names: Names): readonly Choice[] {
	const counts = new Map<string, {readonly name: string; count: number}>();
	const countOne = (field: string, name: string): void => {
		if (name === '') return;
		const filter = `${field}:${value(name)}`;
		const known = counts.get(filter);
		if (known === undefined) counts.set(filter, {name, count: 1});
		else known.count++;
	};
	for (const record of ring) {
		if (kind === 'unit') for (const unit of record.units) countOne('unit', unit);
		else {
			const container = containerOf(record, names);
			if (container === null) countOne('id', record.identifier);
			else countOne('container', container);
		}
	}
	return [...counts]
		.map(([filter, {name, count}]) => ({name, count, filter}))
		.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}
