/** What a road does while it connects, told as it is done: `devtop doctor` shows it. */
import type {Failure} from './channel.ts';

/** A host on the way. */
export type Place = {readonly host: string; readonly port: number; readonly user: string};

export type Step = {
	/** For programs: "tcp". A road of another kind has steps of its own. */
	readonly id: string;
	/** For people, 14 characters at most: "TCP". */
	readonly title: string;
	/** Whom it is about; null where that is no host. */
	readonly at: Place | null;
	/** Null when it begins. */
	readonly end: {readonly ms: number; readonly found: string | Failure} | null;
};

export type OnStep = (step: Step) => void;
