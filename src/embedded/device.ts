/**
 * The embedded device: a balenaOS device inside this process. It answers the commands that devtop sends as a real one
 * does, and nothing else. What it knows of the outside is a clock and the streams of each command.
 */
import {everything} from '../domain/source.ts';
import {doctorEcho} from '../sources/doctor.ts';
import {ENGINE_SAMPLER, SAMPLER} from '../sources/sampler-script.ts';
import {type Balena, createBalena} from './balena.ts';
import {chance as seeded} from './chance.ts';
import {type Clock, systemClock} from './clock.ts';
import {createJournal, type Journal} from './journal.ts';
import {createLifecycle} from './lifecycle.ts';
import {createMachine, DEVICE} from './machine.ts';
import {createOrdinary} from './ordinary.ts';
import {writePast} from './past.ts';
import {createPrograms} from './programs.ts';
import {createPull} from './pull.ts';
import {engineSampler, type Sampler, unitSampler} from './samplers.ts';
import {type SceneId, startScenes} from './scenes.ts';
import {createShell, type ExecIo} from './shell.ts';
import {createSystemctl} from './systemctl.ts';
import {createUnits, type UnitTable} from './units.ts';
import {createVoices} from './voices.ts';

export type EmbeddedOptions = {
	readonly scene?: SceneId | 'all';
	readonly clock?: Clock;
	/** How much faster than real time; only without a clock. */
	readonly speed?: number;
};

export interface EmbeddedDevice {
	exec(command: string, io: ExecIo): void;
	/** What runs because somebody asked: argv, one per command that has not ended. */
	processes(): readonly (readonly string[])[];
	/** For tests: what it is made of. */
	readonly journal: Journal;
	readonly units: UnitTable;
	readonly balena: Balena;
	/** Ends everything; nothing is left that runs or waits. */
	close(): void;
}

/** Three days and some hours. */
const UP_MS = 273_129_000;
const SEED = 20_231_123;
/** The process of our SSH session, as the sampler finds it. */
const SESSION = 1412;

export function startEmbeddedDevice({scene = 'all', clock: given, speed = 1}: EmbeddedOptions = {}): EmbeddedDevice {
	const clock = given ?? systemClock(speed);
	const chance = seeded(SEED);
	const startMs = clock.now();
	const bootMs = startMs - UP_MS;
	let pastMs: number | null = null;
	const nowMs = (): number => pastMs ?? clock.now();
	const {bootId, hostname, machineId} = DEVICE;
	const journal = createJournal({clock, chance, bootId, bootMs, hostname, machineId});
	const voices = createVoices(journal, nowMs, bootMs);
	const units = createUnits(clock, chance, bootMs);
	const lifecycle = createLifecycle(clock, chance, units, voices);
	const balena = createBalena(clock, chance, units, lifecycle, voices, bootMs);
	const pull = createPull(clock, chance, bootMs);
	balena.onEngineGone(() => pull.layerEnd());
	const vpnIsUp = (): boolean => units.find('openvpn.service')?.active === 'active';
	const machine = createMachine(clock, bootMs, pull, vpnIsUp);
	const systemctl = createSystemctl(units, lifecycle, voices, () => journal.entries());
	const ordinary = createOrdinary(chance, units, balena, voices, nowMs);
	const at = (ms: number | null): void => {
		pastMs = ms;
	};
	writePast({voices, table: units, balena, chance, ordinary, bootMs, nowMs: startMs, at, troubled: scene !== 'quiet'});
	const talk = (): void => {
		ordinary();
		clock.after(chance.between(1000, 3000), talk);
	};
	clock.after(1200, talk);
	startScenes(scene, {clock, balena, lifecycle, voices, pull});

	const samplerOf = (script: string, argv: readonly string[]): Sampler | null => {
		// Its blocks are empty: that they come back is all.
		if (script === doctorEcho.argv({scope: everything})[0]) return () => '';
		if (script === SAMPLER) return unitSampler(argv, systemctl, machine, pull, () => balena.engine.mainPid, SESSION);
		return script === ENGINE_SAMPLER ? engineSampler(balena, machine) : null;
	};
	const shell = createShell(
		createPrograms(journal, systemctl, machine, units, () => clock.now(), balena),
		samplerOf,
	);

	return {
		journal,
		units,
		balena,
		exec: shell.exec,
		processes: shell.processes,
		close: () => {
			shell.close();
			balena.close();
			clock.stop();
		},
	};
}
