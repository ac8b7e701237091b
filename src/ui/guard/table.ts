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
	/** A word as sh would need it. */
	readonly quote: (word: string) => string;
};

/** What a risk means, and how loud it is said. */
export const RISKS: Readonly<Record<Risk, {readonly text: string; readonly tone: Tone}>> = {
	free: {text: 'nearly free of effect', tone: 'muted'},
	reversible: {text: 'can be taken back', tone: 'muted'},
	disruptive: {text: 'interrupts work', tone: 'warning'},
	severe: {text: 'everything stops', tone: 'error'},
	self: {text: 'may cut our own road', tone: 'error'},
};

/** `restart chronyd`, `reload units`, `reboot device`: an action in as few words as its id has. */
export function shortName({action, subject}: Pick<Run, 'action' | 'subject'>): string {
	const [noun = '', verb = ''] = action.split('.');
	return `${verb} ${subject.kind === 'unit' ? shortUnit(subject.unit) : subject.kind === 'command' ? subjectName(subject) : noun}`;
}
