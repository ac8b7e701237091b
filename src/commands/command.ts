/** What a command line asks for, as a value. */
import type {Failure} from '../domain/channel.ts';
import type {ActionId, Subject} from '../domain/guard.ts';
import type {Scope} from '../domain/source.ts';
import type {Size} from '../ui/layout.ts';
import type {Config, Keeping} from './config/shape.ts';
import type {Sides} from './cp-words.ts';
import type {ExportAs, NoteForm} from './forms.ts';
import type {Aim} from './options.ts';

/** What is recorded. */
export type Keep = {
	/** The file that was named; null: its default place, or none where `off`. */
	readonly file: string | null;
	readonly off: boolean;
	readonly ticket: string | null;
};

export type Command =
	| {readonly kind: 'help' | 'version' | 'list'}
	| Acting
	| Copying
	/** All recordings, or those that are overdue by what is kept. */
	| {readonly kind: 'ls'; readonly keep: Keeping | null; readonly json: boolean}
	| {readonly kind: 'config'; readonly file: string | null; readonly check: boolean}
	| {
			readonly kind: 'watch';
			readonly aim: Aim;
			readonly scope: Scope;
			readonly keep: Keep;
			readonly config: Config;
			readonly once: Once;
			/** Nothing can be armed. */
			readonly lookOnly: boolean;
			readonly waitMs: WaitMs;
	  }
	| {
			readonly kind: 'record';
			readonly aim: Aim;
			readonly scope: Scope;
			readonly keep: Keep;
			readonly config: Config;
			/** Null: until it is told to stop. */
			readonly forMs: number | null;
			readonly json: boolean;
			readonly waitMs: WaitMs;
	  }
	| {
			readonly kind: 'doctor';
			readonly aim: Exclude<Aim, {readonly to: 'demo'}>;
			/** What is in effect, and the file that was named. */
			readonly config: Config;
			readonly configFile: string | null;
			readonly json: boolean;
	  }
	| {readonly kind: 'verify'; readonly file: string}
	| {
			readonly kind: 'replay';
			readonly file: string;
			readonly at: string | null;
			readonly speed: number | null;
			/** Of a recording that is still written: shows what comes. */
			readonly follow: boolean;
	  }
	| {readonly kind: 'notes'; readonly file: string; readonly form: NoteForm; readonly output: string | null}
	| {
			readonly kind: 'export';
			readonly file: string;
			readonly as: ExportAs;
			/** Of the screen that a cast shows. */
			readonly size: Size;
			readonly output: string | null;
	  };

/** Something is done to the device, through the gate. */
type ActingBy<Kind> = {
	/** `run`: a command of the operator's own, whose output and exit code are ours. */
	readonly kind: Kind;
	readonly aim: Aim;
	readonly keep: Keep;
	readonly config: Config;
	readonly action: ActionId;
	readonly subject: Subject;
	/** Null: only to see what would be done. */
	readonly consent: ConsentWords | null;
	/** What is typed where the risk is severe. */
	readonly confirm: string | null;
	readonly json: boolean;
};

export type Acting = ActingBy<'act'> | ActingBy<'run'>;

/** A file is copied to the device, through the gate, or from it. */
export type Copying = {
	readonly kind: 'cp';
	readonly aim: Aim;
	readonly keep: Keep;
	readonly config: Config;
	/** Null: nothing is changed, or it is only to be seen what would be done. */
	readonly consent: ConsentWords | null;
	/** Where it does not survive a reboot, too. */
	readonly force: boolean;
	/** Of a file that is read: it is allowed. */
	readonly yes: boolean;
} & Pick<Sides, 'way' | 'local' | 'remote'>;

export type ConsentWords = {
	readonly by: string;
	readonly via: string;
	readonly words: string;
	/** Minutes or a time; null: half an hour. */
	readonly until: string | null;
};

/** How long a device is waited for that can't be reached yet; Infinity: until it is there. Null: not at all. */
export type WaitMs = number | null;

/** One reading instead of the screen, as text or as JSON. */
export type Once = 'text' | 'json' | null;

/** Reads the configuration: the file that was named, or the one in its place. */
export type Configured = (file: string | null) => Config | Failure;
