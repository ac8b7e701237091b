/** A shell that somebody types into: what is done there nobody here knows, and its output is recorded. */
import type {Action, Observed, Proof} from '../domain/guard.ts';
import {noHostUpdate, otherOperators} from './checks.ts';

/** The login shell, as sshd names it (sshd(8), LOGIN PROCESS); `-l` as ssh opens one, with its profile. */
const SHELL = `exec "\${SHELL:-/bin/sh}" -l`;

function proofOf({exit}: Observed): Proof {
	if (exit === null) return {kind: 'waiting', sentence: 'the shell is open'};
	if (exit.kind === 'exited') return {kind: 'proven', sentence: `The shell ended with exit code ${exit.code}.`};
	return {
		kind: 'not-proven',
		sentence:
			exit.kind === 'lost'
				? `The shell was lost with the link (${exit.why}): what ran in it may go on.`
				: 'The shell was closed before it said how it ended: what was put into the background there may go on.',
	};
}

export const openShell: Action = {
	id: 'shell.open',
	title: 'Open a shell on our own connection',
	key: 't',
	word: 'shell',
	effect: 'not known to devtop; what it shows is recorded',
	proves: 'the shell has ended by itself',
	of: 'device',
	risk: () => 'disruptive',
	notOffered: () => '',
	checks: [noHostUpdate, otherOperators],
	basis: (_, {bootId}) => `boot ${bootId}`,
	steps: () => [['sh', '-c', SHELL]],
	terminal: true,
	consequence: () =>
		'What is typed there is not known to devtop, and checked by nobody. What it shows is recorded, with secrets cut; keys that it does not show are not.',
	mayNotReturn: true,
	proof: (_, observed) => proofOf(observed),
	proofLimitMs: 60_000,
};
