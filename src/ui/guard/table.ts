/** What the screen knows of actions: data that commands/ hands in. What they do, and when, is the gate's. */
import {type ActionId, type Risk, type Run, type Subject, subjectName} from '../../domain/guard.ts';
import type {Tone} from '../../domain/pane.ts';
import {shortUnit} from '../../domain/text.ts';

/** One action as the menu shows it. */
export type Offered = {
	readonly id: ActionId;
	readonly title: string;
	/** The letter inside the menu. */
	readonly key: string;
	readonly of: Subject['kind'];
	readonly mayNotReturn: boolean;
	/** By the name alone: before the device was read. */
	readonly risk: (subject: Subject) => Risk;
};

/** What a consent is given by as a rule, of the configuration. */
export type Profile = {
	readonly name: string;
	readonly via: string;
	readonly minutes: number;
	readonly ticket?: string;
};

export type GuardTable = {
	readonly actions: readonly Offered[];
	readonly neverOffered: readonly {readonly title: string; readonly why: string}[];
	readonly profiles: readonly Profile[];
	/** What opens a shell of the same device in another terminal, in words; null where there is none. */
	readonly ssh: readonly string[] | null;
	/** A word as sh would need it. */
	readonly quote: (word: string) => string;
};

/** How loud a risk is said. */
export const RISK_TONES: Readonly<Record<Risk, Tone>> = {
	free: 'muted',
	reversible: 'muted',
	disruptive: 'warning',
	severe: 'error',
	self: 'error',
};

/** `restart chronyd`, `reload units`, `reboot device`: an action in as few words as its id has. */
export function shortName({action, subject}: Pick<Run, 'action' | 'subject'>): string {
	const [noun = '', verb = ''] = action.split('.');
	return `${verb} ${subject.kind === 'unit' ? shortUnit(subject.unit) : subject.kind === 'command' ? subjectName(subject) : noun}`;
}
