/** Where a session is recorded, by the options. */
import type {Failure} from '../domain/channel.ts';
import type {Keep} from './command.ts';
import {type Given, TICKET, usage} from './options.ts';

export function keepOf(given: Given, file: string | undefined): Keep | Failure {
	const off = given['no-record'] ?? false;
	if (file !== undefined && off) return usage('--record and --no-record exclude each other.');
	const ticket = given.ticket ?? null;
	if (ticket !== null && !TICKET.test(ticket))
		return usage(
			'--ticket takes 1 to 64 letters, digits, dots, dashes and underscores: it stands in the name of the file.',
		);
	if (ticket !== null && off) return usage('--ticket stands in the recording, and --no-record makes none.');
	return {file: file ?? null, off, ticket};
}
