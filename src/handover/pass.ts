/** One pass over frames: the same fold as the screen's, and what is counted beside it. */
import {type Frame, GATE_FRAMES, type Header} from '../domain/frame.ts';
import type {SourceId} from '../domain/source.ts';
import type {State as Device} from '../panes/device/reduce.ts';
import type {State as Findings} from '../panes/findings/reduce.ts';
import {panes} from '../panes/index.ts';
import {tag} from '../rules/index.ts';
import {Fold} from '../session/fold.ts';
import {progressOf} from '../session/progress.ts';
import {sources} from '../sources/index.ts';
import {Acts} from './acts.ts';
import {Commands} from './commands.ts';
import {Losses} from './losses.ts';
import type {Verdict} from './note.ts';
import {Read} from './read.ts';
import {type Loose, Remarks} from './remarks.ts';
import {verdictAt} from './seen.ts';
import {type Snapshot, snapshotOf} from './snapshot.ts';
import {safe} from './words.ts';

/** What tells of the time before: until these have ended, the past is not known. */
const PAST: readonly SourceId[] = ['story', 'story-supervisor', 'kernel-history'];

/** The state of a pane, for those who know it. */
export const findingsOf = (fold: Fold): Findings => fold.panes.findings as Findings;
export const deviceOf = (fold: Fold): Device => fold.panes.device as Device;

const isFrame = (value: unknown): value is Frame =>
	typeof value === 'object' &&
	value !== null &&
	typeof (value as {t?: unknown}).t === 'string' &&
	Number.isFinite((value as {at?: unknown}).at) &&
	Number.isFinite((value as {ms?: unknown}).ms);

/** Everything that is gathered while the frames go by. */
export class Pass {
	readonly read = new Read();
	readonly fold = new Fold({
		sources,
		panes,
		tag: record => {
			this.read.take(record);
			return tag(record);
		},
	});
	readonly commands = new Commands(sources);
	readonly acts = new Acts();
	readonly losses = new Losses();
	readonly remarks = new Remarks();
	header: Header | null = null;
	ticket: string | null = null;
	fromAt: number | null = null;
	frames = 0;
	unreadable = 0;
	hash: string | null = null;
	wire = {received: 0, sent: 0};
	/** What stood when everything had been read once. */
	start: Snapshot | null = null;
	/** What the trouble of before amounted to. */
	before: Verdict | null = null;
	/** When the link came up, operator's clock. */
	readonly lives: number[] = [];
	ended = false;
	/** A frame of the gate could not be read. */
	unclear = false;

	take(frame: unknown): void {
		this.frames++;
		if (!isFrame(frame)) {
			this.unreadable++;
			return;
		}
		try {
			this.#take(frame);
		} catch {
			// Somebody else's frame, or a damaged one.
			this.unreadable++;
			this.unclear ||= GATE_FRAMES.has(frame.t);
		}
	}

	#take(frame: Frame): void {
		const {hash} = frame as {hash?: unknown};
		this.hash = typeof hash === 'string' ? safe(hash, 128) : null;
		this.fromAt ??= frame.at;
		this.ended = (frame as {t: string}).t === 'bye' || (frame.t === 'link' && frame.link.kind === 'closed');
		this.commands.take(frame);
		this.acts.take(frame);
		this.fold.apply(frame);
		this.losses.take(frame, this.fold);
		this.remarks.take(frame as unknown as Loose);
		if (frame.t === 'link' && frame.link.kind === 'live') this.lives.push(frame.at);
		if (frame.t === 'header') {
			this.header = frame;
			const {ticket} = frame as {ticket?: unknown};
			this.ticket = typeof ticket === 'string' && ticket !== '' ? safe(ticket, 100) : null;
		} else if (frame.t === 'tick') this.wire = {received: frame.received, sent: frame.sent};
		if ((this.start === null || this.before === null) && (frame.t === 'out' || frame.t === 'exit')) this.#begin();
	}

	#begin(): void {
		const {fold} = this;
		const progress = progressOf(fold);
		if (progress.read < progress.of) return;
		const findings = findingsOf(fold);
		this.start ??= snapshotOf(fold, findings.units, deviceOf(fold));
		const known = PAST.every(id => /^(?:ended|failed)$/.test(fold.sources[id]?.state ?? ''));
		if (known) this.before ??= verdictAt(findings, fold.at, progress, this.fromAt ?? fold.at);
	}
}
