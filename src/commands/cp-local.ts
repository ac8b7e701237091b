/** A local file that grows under a temporary name and gets its own only when it is whole. */
import {createHash, type Hash, randomBytes} from 'node:crypto';
import {
	chmodSync,
	closeSync,
	fsyncSync,
	ftruncateSync,
	lstatSync,
	openSync,
	realpathSync,
	renameSync,
	statSync,
	unlinkSync,
	writeSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {type Failure, failure, isFailure} from '../domain/channel.ts';
import {partPrefix} from '../domain/part.ts';

/** Where a copy goes: into a folder by the name that it has on the device; of a link to where it leads. */
function placeOf(goal: string, name: string): string | Failure {
	try {
		const there = lstatSync(goal, {throwIfNoEntry: false});
		const place = there === undefined ? goal : realpathSync(goal);
		if (there === undefined) {
			if (goal === '' || goal.endsWith('/')) return failure('usage', `The folder ${goal} is not there.`);
			return statSync(dirname(goal)).isDirectory() ? goal : failure('usage', `${dirname(goal)} is no folder.`);
		}
		const stat = statSync(place);
		if (stat.isDirectory()) {
			const inside = join(place, name);
			return lstatSync(inside, {throwIfNoEntry: false})?.isDirectory()
				? failure('usage', `${inside} is a folder: name the file that it shall be.`)
				: placeOf(inside, name);
		}
		return stat.isFile() ? place : failure('usage', `${goal} is no plain file, and it is not replaced by one.`);
	} catch (error) {
		return failure('usage', `${goal} can't be written: ${(error as Error).message}.`);
	}
}

export class LocalCopy {
	readonly place: string;
	readonly #part: string;
	readonly #descriptor: number;
	#hash: Hash = createHash('sha256');
	/** Bytes so far. */
	size = 0;
	/** Why no more can be written; empty where it can. */
	fault = '';
	#open = true;

	/** @param name what the file is called on the device. */
	static begin(goal: string, name: string): LocalCopy | Failure {
		const place = placeOf(goal, name);
		if (isFailure(place)) return place;
		const part = join(dirname(place), `${partPrefix(place)}${randomBytes(4).toString('hex')}`);
		try {
			return new LocalCopy(place, part, openSync(part, 'wx', 0o600));
		} catch (error) {
			return failure('usage', `${place} can't be written: ${(error as Error).message}.`);
		}
	}

	private constructor(place: string, part: string, descriptor: number) {
		this.place = place;
		this.#part = part;
		this.#descriptor = descriptor;
	}

	/** Waits for the disk: what comes faster waits in the device. False where no more is wanted. */
	take(bytes: Uint8Array): boolean {
		if (!this.#open) return false;
		try {
			for (let at = 0; at < bytes.length; )
				at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.size + at);
		} catch (error) {
			this.fault = `${this.place} can't be written: ${(error as Error).message}`;
			return false;
		}
		this.#hash.update(bytes);
		this.size += bytes.length;
		return true;
	}

	get sha256(): string {
		return this.#hash.copy().digest('hex');
	}

	/** From the first byte on again. */
	again(): void {
		ftruncateSync(this.#descriptor, 0);
		this.#hash = createHash('sha256');
		this.size = 0;
	}

	/** It is whole: gives it its name. Why it can't be, or empty. */
	keep(mode: number): string {
		try {
			fsyncSync(this.#descriptor);
			this.#close();
			chmodSync(this.#part, mode & 0o777 & ~process.umask());
			renameSync(this.#part, this.place);
			return '';
		} catch (error) {
			this.drop();
			return `${this.place} can't be written: ${(error as Error).message}`;
		}
	}

	/** Nothing of it is left. */
	drop(): void {
		this.#close();
		try {
			unlinkSync(this.#part);
		} catch {
			// It has its name already, or somebody took it away.
		}
	}

	#close(): void {
		if (this.#open) closeSync(this.#descriptor);
		this.#open = false;
	}
}
