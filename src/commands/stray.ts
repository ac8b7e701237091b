/** Options that a command does not have. */
import type {Failure} from '../domain/channel.ts';
import type {Command} from './command.ts';
import {type Given, usage} from './options.ts';

/** Options that only some commands have: with others they would be ignored in silence. */
export function stray(given: Given, kind: Command['kind']): Failure | null {
	const only: readonly (readonly [keyof Given, readonly string[]])[] = [
		['for', ['record', 'notes']],
		['output', ['record', 'export', 'notes']],
		['as', ['export', 'notes']],
		['columns', ['export']],
		['rows', ['export']],
		['brief', ['notes']],
		['at', ['replay']],
		['speed', ['replay']],
		['record', ['watch', 'act', 'run', 'cp']],
		['follow', ['replay']],
		['no-record', ['watch']],
		['look-only', ['watch', 'record']],
		['once', ['watch']],
		['wait', ['watch', 'record']],
		['transport', ['watch', 'record', 'act', 'run', 'cp', 'doctor']],
		['ticket', ['watch', 'record', 'act', 'run', 'cp']],
		['json', ['watch', 'record', 'ls', 'act', 'doctor']],
		['config', ['watch', 'record', 'config', 'ls', 'act', 'run', 'cp', 'doctor']],
		['check', ['config']],
		['keep', ['ls']],
		['list', ['act']],
		['road', ['watch', 'record', 'act', 'run', 'cp', 'doctor']],
		['confirm', ['act', 'run']],
		...(['via', 'sweep'] as const).map(name => [name, ['watch', 'record', 'act', 'run', 'cp', 'doctor']] as const),
		['force', ['cp']],
		['yes', ['cp']],
		...(['consent-by', 'consent-via', 'consent-words', 'consent-until', 'dry-run'] as const).map(
			name => [name, ['act', 'run', 'cp']] as const,
		),
		...(['unit', 'identifier', 'since', 'lines', 'priority', 'watch', 'metered'] as const).map(
			name => [name, ['watch', 'record']] as const,
		),
	];
	for (const [name, kinds] of only)
		if (given[name] !== undefined && !kinds.includes(kind))
			return usage(`--${name} goes with ${kinds.map(spoken).join(' or ')}.`);
	return null;
}

const spoken = (kind: string): string => (kind === 'watch' ? 'devtop <target>' : `devtop ${kind}`);
