/** The running whole without a screen: frames go to the recording and the fold, the fold's state to the store. */
import type {Failure} from '../domain/channel.ts';
import type {Worst} from '../domain/finding.ts';
import type {Frame, FrameBody} from '../domain/frame.ts';
import {VERSION} from '../domain/frame.ts';
import type {Connection} from './connection.ts';
import {Driver, type DriverParts} from './driver.ts';
import {Fold, type FoldParts} from './fold.ts';
import {Gate, type GateParts} from './guard/gate.ts';
import {leftBy} from './left-by.ts';
import {Pausing} from './pausing.ts';
import {progressOf} from './progress.ts';
import type {Recorder} from './recorder.ts';
import {redactedRoad} from './redaction/road.ts';
import type {Redactor} from './redactor.ts';
import {stateOf} from './state.ts';
import {type Controls, createSessionStore, type SessionState, type SessionStore} from './store.ts';

export type SessionParts = Pick<DriverParts, 'road' | 'scope' | 'uuid' | 'sources' | 'wire' | 'random'> &
	Pick<FoldParts, 'panes' | 'tag'> &
	Pick<GateParts, 'actions' | 'findingsOf' | 'lookOnly' | 'own'> & {
		readonly program: string;
		readonly recorder: Recorder | null;
		/** Cuts secrets before anything is recorded or shown. */
		readonly redactor?: Pick<Redactor, 'frame' | 'text' | 'secretsIn'>;
		/** The operator's word for what the session belongs to; stands in the recording. */
		readonly ticket?: string | null;
		readonly clock: {
			/** Epoch ms. */
			now(): number;
			/** Monotonic ms. */
			elapsed(): number;
		};
		/** Sees each frame as it stands in the recording: what is said of it elsewhere has no more secrets than that. */
		readonly tap?: (frame: Frame) => void;
		/** What the journal pane holds and has let go; only that pane knows. */
		readonly held: (state: unknown) => {readonly held: number; readonly evicted: number};
	};

/** How often the screen may change. */
const BATCH_MS = 100;

export class Session {
	readonly store: SessionStore;
	readonly controls: Controls;
	readonly fold: Fold;
	readonly #parts: SessionParts;
	readonly #driver: Driver;
	readonly gate: Gate;
	readonly #started: number;
	readonly #beganAt: number;
	#dirty = true;
	#older: SessionState['older'] = 'idle';
	#recorder: Recorder | null;
	readonly #pausing: Pausing;
	#timers: ReturnType<typeof setInterval>[] = [];
	#stopped: Promise<void> | null = null;

	constructor(parts: SessionParts) {
		this.#parts = parts;
		this.#recorder = parts.recorder;
		this.#started = parts.clock.elapsed();
		this.#beganAt = parts.clock.now();
		this.#pausing = new Pausing(parts.sources);
		this.fold = new Fold(parts);
		const {redactor, road} = parts;
		this.#driver = new Driver({
			...parts,
			road: redactor === undefined ? road : redactedRoad(road, text => redactor.text(text)),
			fold: this.fold,
			emit: frame => this.#emit(frame),
			now: () => parts.clock.now(),
			elapsed: () => this.#elapsed,
			seal: () => this.#seal(),
			...(redactor === undefined ? {} : {secretsIn: (text: string) => redactor.secretsIn(text)}),
		});
		this.gate = new Gate({
			...parts,
			fold: this.fold,
			emit: frame => this.#emit(frame),
			now: () => parts.clock.now(),
			elapsed: () => this.#elapsed,
			hands: () => this.#driver.hands,
			seal: () => this.#seal(),
			changed: () => {
				this.#dirty = true;
			},
		});
		this.#emit({
			t: 'header',
			version: VERSION,
			program: parts.program,
			target: parts.road.target,
			road: parts.road.name,
			scope: parts.scope,
			...(parts.ticket == null ? {} : {ticket: parts.ticket}),
		});
		this.#record(recorder => recorder.flush());
		this.store = createSessionStore(this.#state());
		this.controls = {
			older: () => void this.#fetchOlder(),
			inspect: what => void this.#driver.inspect(what),
			remark: remark => this.#emit(remark),
			pause: reason => this.#pause(reason),
			resume: () => this.#resume(),
			fetch: change => this.#driver.fetch(change),
			reconnect: () => this.#driver.reconnect(),
			guard: {
				consent: form => this.gate.consent(form),
				disarm: why => this.gate.disarm(why),
				propose: (action, subject) => void this.gate.propose(action, subject),
				lend: lend => this.gate.lend(lend),
				asked: request => this.gate.asked(request),
				cancel: () => this.gate.cancel(),
				confirm: answer => this.gate.confirm(answer),
			},
			quit: () => this.stop(),
		};
	}

	/** A way to read what no key asks for. Null while there is no link. */
	get connection(): Pick<Connection, 'once' | 'bytes'> | null {
		return this.#driver.hands?.connection ?? null;
	}

	/** Connects for the first time. A failure is a sentence for the terminal; nothing runs then. */
	async begin(): Promise<Failure | null> {
		const refused = await this.#driver.begin();
		if (refused !== null) {
			await this.#closeRecording();
			return refused;
		}
		this.#record(recorder => recorder.begin(this.fold.identity));
		this.#timers = [
			setInterval(() => this.#flush(), BATCH_MS),
			setInterval(() => this.#emit(this.#driver.tick()), 1000),
		];
		void this.#driver.run();
		return null;
	}

	/** Tells how the operator's last session with this device ended. */
	tell(earlier: Extract<FrameBody, {t: 'earlier'}>): void {
		this.#emit(earlier);
	}

	/** Ends the session in order. Safe to call twice. */
	stop(): Promise<void> {
		this.#stopped ??= (async () => {
			this.gate.end();
			await this.#driver.stop();
			for (const timer of this.#timers) clearInterval(timer);
			this.#flush();
			await this.#closeRecording();
		})();
		return this.#stopped;
	}

	/** Monotonic ms since the session's start: what frames carry. */
	get #elapsed(): number {
		return Math.round(this.#parts.clock.elapsed() - this.#started);
	}

	/** Puts everything so far on the disk. Why it can't, as the second half of a sentence; empty where it is done. */
	#seal(): string {
		const recorder = this.#recorder;
		if (recorder === null || recorder.file === null)
			return this.#parts.recorder === null ? 'this session is not recorded' : 'the recording could not be written';
		if (this.#pausing.paused) return 'the recording is paused';
		this.#record(one => one.sync());
		return this.#recorder === null ? 'the recording could not be written' : '';
	}

	/** A disk that is full now was told when it happened; there is nobody to tell any more. */
	async #closeRecording(): Promise<void> {
		const recorder = this.#recorder;
		if (recorder === null) return;
		const left = leftBy(this.#parts.panes, this.fold);
		this.#emit({
			t: 'bye',
			// Of a pause the screen has lines that the recording has not.
			lines: this.#pausing.happened ? recorder.tally.lines : this.fold.receipt(0, 0).received,
			worst: this.#worst(),
			...(left === null ? {} : {left}),
		});
		this.#recorder = null;
		try {
			await recorder.close();
		} catch (error) {
			this.fold.notice(`The recording could not be closed (${error instanceof Error ? error.message : error}).`);
		}
	}

	/** For whoever looks at the end of the recording only. */
	#worst(): Worst {
		const {fold} = this;
		for (const {id, worst} of this.#parts.panes) {
			const found = worst?.(fold.panes[id], fold.at, this.#beganAt) ?? null;
			if (found !== null) return found;
		}
		const {read, of} = progressOf(fold);
		return {severity: read < of ? 'unknown' : 'none', text: ''};
	}

	/** Where the recording fails, the session goes on without it, and says so. */
	#record(what: (recorder: Recorder) => void): void {
		if (this.#recorder === null) return;
		try {
			what(this.#recorder);
		} catch (error) {
			this.fold.notice(
				`The recording could not be written (${error instanceof Error ? error.message : error}): it ends here, what comes now is not recorded; the session goes on.`,
			);
			this.#recorder = null;
		}
	}

	/** Without its secrets, or as it is where nothing is to be cut; stamped, recorded, folded. */
	#emit(body: FrameBody): void {
		for (const clean of this.#parts.redactor?.frame(body) ?? [body]) this.#take(clean);
	}

	#take(body: FrameBody): void {
		const {clock} = this.#parts;
		const frame: Frame = {...body, at: clock.now(), ms: this.#elapsed};
		const kept = this.#pausing.keep(frame);
		if (kept !== null) this.#recorder?.take(kept);
		this.fold.apply(frame);
		this.#parts.tap?.(frame);
		this.#dirty = true;
	}

	#pause(reason: string): void {
		if (this.#recorder === null || this.#pausing.paused) return;
		// Nothing is done that is not recorded: what was allowed ends here.
		this.gate.disarm('the recording was paused');
		this.#emit({t: 'pause', reason});
		this.#pausing.pause(this.fold.last ?? this.fold.anchor);
	}

	/** What was missed is not made up for: everything is opened anew, and what comes from then on is written. */
	#resume(): void {
		if (!this.#pausing.paused) return;
		this.#driver.renew(() => {
			const {last, anchor} = this.fold;
			const behind = last !== null && last.boot === anchor?.boot && last.monotonicUs > anchor.monotonicUs;
			const ends = this.#pausing.resume(behind ? last : (anchor ?? last));
			this.#emit({t: 'resume'});
			// They ended for the screen when they did; the recording is told now.
			const {clock} = this.#parts;
			for (const end of ends)
				this.#recorder?.take({...end, at: clock.now(), ms: Math.round(clock.elapsed() - this.#started)});
			return this.#pausing.missed;
		});
	}

	#flush(): void {
		this.#record(recorder => recorder.flush());
		if (!this.#dirty) return;
		this.#dirty = false;
		this.store.setState(this.#state());
	}

	#state(): SessionState {
		const {road, held} = this.#parts;
		const recorder = this.#recorder;
		return stateOf(this.fold, {
			target: road.target,
			road: road.name,
			older: this.#older,
			guard: {
				proposal: this.gate.proposal,
				lookOnly: this.gate.lookOnly,
				own: this.gate.isOwn,
				ms: this.fold.ms,
			},
			recording: recorder?.file == null ? null : {file: recorder.file, bytes: recorder.bytes},
			held,
		});
	}

	async #fetchOlder(): Promise<void> {
		if (this.#older !== 'idle') return;
		this.#older = 'fetching';
		this.#dirty = true;
		this.#older = (await this.#driver.older()) ? 'idle' : 'none';
		this.#dirty = true;
	}
}
