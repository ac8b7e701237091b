/** Keeps a follower up while its connection lives: it can end with its journald, or fall asleep when the journal moves to disk. */
import {isFailure} from '../domain/channel.ts';
import {isEverything, type Scope, type Source, type SourceId} from '../domain/source.ts';
import type {Connection, Running} from './connection.ts';
import type {Fold} from './fold.ts';
import {follow} from './follow.ts';

export type Keeping = {
	readonly connection: Connection;
	readonly sources: Readonly<Record<SourceId, Source>>;
	readonly scope: Scope;
	readonly fold: Fold;
	/** Epoch ms. */
	readonly now: () => number;
	readonly notice: (sentence: string) => void;
	/** Has the session ended, or is everything opened anew? */
	readonly stopped: () => boolean;
};

/** Seconds without a journal line after which it is asked whether the follower is still awake. */
const SILENCE = 30;
/** A follower that ends sooner has failed. */
const QUICK_MS = 5000;

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** @param once what is done when the first follower is up. */
export async function keepFollowing(keeping: Keeping, once: () => Promise<void>): Promise<void> {
	const {connection, sources, scope, fold, now, notice, stopped} = keeping;
	let quick = 0;
	for (let first = true; connection.lost === null && !stopped(); first = false) {
		const began = now();
		const running = await follow({
			connection,
			sources,
			scope,
			boot: fold.identity?.bootId ?? '',
			held: () => ({last: fold.last, anchor: fold.anchor}),
			notice,
		});
		if (running !== null && stopped()) running.stop();
		if (first) await once();
		if (running !== null) await Promise.race([running.exit, asleep(keeping, running)]);
		// One that ends at once, again and again, is not asked for every second.
		quick = now() - began < QUICK_MS ? quick + 1 : 0;
		if (quick === 3)
			notice('The journal can not be followed: journalctl ends at once. It is tried again, ever more slowly.');
		await sleep(Math.min(30, 2 ** Math.max(0, quick - 2)) * 1000);
	}
}

/** Resolves when the follower is silent although there is something newer in its scope. */
async function asleep({connection, sources, scope, fold}: Keeping, running: Running): Promise<void> {
	let ended = false;
	void running.exit.then(() => {
		ended = true;
	});
	for (let units = running.units(), silent = 0; !ended; silent++) {
		await sleep(1000);
		if (running.units() !== units) silent = 0;
		units = running.units();
		if (silent < SILENCE || connection.lost !== null) continue;
		silent = 0;
		const {last} = fold;
		if (isEverything(scope)) {
			await connection.once(sources.anchor, {scope});
			await sleep(2000);
			const newest = fold.anchor;
			if (newest === null || last === null || newest.monotonicUs <= last.monotonicUs) continue;
		} else {
			if (last === null) continue;
			// The newest of all is no sign there: the line behind the last one is.
			const page = await connection.once(
				sources['journal-forward'],
				{scope, anchor: last, lines: 2},
				{place: 'history'},
			);
			if (isFailure(page) || page.units < 2) continue;
		}
		if (ended || running.units() !== units) continue;
		running.stop();
		return;
	}
}
