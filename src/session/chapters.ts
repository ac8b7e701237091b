/** The places of a recording that are worth a jump, found while its frames are folded. */
import type {Frame} from '../domain/frame.ts';
import type {PaneSpec} from '../domain/pane.ts';
import type {Fold} from './fold.ts';
import {toldOf} from './guard/state.ts';

/** A place worth a jump. */
export type Chapter = {readonly ms: number; readonly what: string};

const WRITTEN = {mark: 'mark', note: 'note', todo: 'to do'} as const;

/** Finds chapters. It must be shown every frame, once the fold has taken it. */
export class Chapters {
	readonly #panes: readonly PaneSpec<unknown>[];
	readonly #known = new Set<string>();
	#boot: string | null = null;
	#linked = '';

	constructor(panes: readonly PaneSpec<unknown>[]) {
		this.#panes = panes;
	}

	/** What begins with this frame: another link or boot, what the operator wrote, what is new to a pane. */
	at(frame: Frame, fold: Fold): readonly Chapter[] {
		const found: string[] = [];
		if (frame.t === 'link' && frame.link.kind !== 'connecting' && frame.link.kind !== this.#linked) {
			this.#linked = frame.link.kind;
			found.push(`link: ${this.#linked}`);
		}
		const boot = fold.identity?.bootId ?? null;
		if (this.#boot !== null && boot !== this.#boot) found.push('another boot');
		this.#boot = boot;
		// What was asked, allowed and done.
		const action = toldOf(frame, fold.guard);
		if (action !== null) found.push(action.text);
		if (frame.t === 'pause') found.push(`the recording was paused: ${frame.reason}`);
		if (frame.t === 'resume') found.push('the recording goes on');
		if (frame.t === 'mark' || frame.t === 'note' || frame.t === 'todo')
			found.push(`${WRITTEN[frame.t]}: ${frame.text}`);
		// Once a second is often enough to notice what is new.
		if (frame.t === 'tick')
			for (const spec of this.#panes)
				for (const {key, text} of spec.alarms?.(fold.panes[spec.id], fold.at) ?? []) {
					if (this.#known.has(key)) continue;
					this.#known.add(key);
					found.push(text);
				}
		return found.map(what => ({ms: frame.ms, what}));
	}
}
