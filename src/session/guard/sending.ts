/** Sends what was granted: step by step, each by a permit of its own, and takes away what a step left that did not end well. */
import {type Exit, type Failure, isFailure} from '../../domain/channel.ts';
import type {Action} from '../../domain/guard.ts';
import type {Actuator, Feed} from './actuator.ts';
import type {Answer, Hands} from './gate.ts';
import type {Permit} from './permit.ts';
import type {Proving} from './proving.ts';

export const ENDING = 'The session is ending: nothing was sent.';

/** How long a lost link is waited for, to take away what was left. */
const UNDO_MS = 120_000;

export type Sending = {
	readonly action: Pick<Action, 'terminal' | 'feeds'>;
	readonly id: number;
	readonly steps: readonly (readonly string[])[];
	readonly undo: readonly string[] | null;
	readonly feed: Feed | null;
	readonly actuator: Actuator;
	readonly proving: ReturnType<Proving['begin']>;
	/** Grants one step, now. */
	readonly permit: (step: number, argv: readonly string[]) => Permit;
	/** Opens the shell of an action that is one. */
	readonly shell: (permit: Permit) => Promise<Exit | Failure>;
	/** Is the session ending? */
	readonly ended: () => boolean;
	readonly hands: () => Hands | null;
	readonly elapsed: () => number;
};

/** @returns why it was not sent; empty where it was, whatever became of it: that is the proof's to say. */
export async function send(sending: Sending): Promise<Answer> {
	const {action, steps, undo, feed, actuator, proving, permit, shell, ended} = sending;
	for (const [step, argv] of steps.entries()) {
		if (ended()) return ENDING;
		const granted = permit(step, argv);
		if (action.terminal) {
			const ran = await shell(granted);
			if (isFailure(ran)) {
				proving.unsent(ran.message);
				return `It could not be opened: ${ran.message}`;
			}
			proving.ran(ran, true);
			return '';
		}
		const ran = await actuator.run(granted, proving.said, step === action.feeds ? feed : null);
		if (isFailure(ran) && step > 0 && undo === null) {
			// Steps before it were done: how far it came is looked at, and said.
			proving.ran({kind: 'lost', why: ran.message}, false);
			return '';
		}
		if (isFailure(ran)) {
			if (step > 0) await takeBack(sending);
			proving.unsent(ran.message);
			return `It could not be sent: ${ran.message}`;
		}
		const well = ran.kind === 'exited' && ran.code === 0;
		if (!well) await takeBack(sending);
		proving.ran(ran, step === steps.length - 1);
		if (!well) break;
	}
	return '';
}

/** Takes away what a step left; where the link was lost, when it is back. */
async function takeBack({undo, steps, permit, hands, elapsed, ended}: Sending): Promise<void> {
	if (undo === null) return;
	const until = elapsed() + UNDO_MS;
	while (hands() === null && elapsed() < until && !ended()) await new Promise(resolve => setTimeout(resolve, 200));
	if (!ended()) await hands()?.actuator.run(permit(steps.length, undo));
}
