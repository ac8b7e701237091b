/** Power and heat. Strings as in the kernel: raspberrypi.c, raspberrypi-hwmon.c, therm_throt.c, thermal_core.c. */
import type {Rule} from '../domain/rule.ts';

export const power: readonly Rule[] = [
	{
		id: 'under-voltage',
		title: 'under-voltage',
		weight: 'warning',
		match: /\bUnder-?voltage detected!/i,
		ends: /\bVoltage normalised\b/i,
		means: 'The supply fell below 4.63 V: power supply, cable, or too much on USB. Writes may be damaged.',
		samples: {
			hits: [
				'Under-voltage detected! (0x00050005)',
				'hwmon hwmon1: Undervoltage detected!',
				'usb 1-1: Under-voltage detected! (0x00050005)',
			],
			misses: [
				'Voltage normalised (0x00000000)',
				'hwmon hwmon1: Voltage normalised',
				'raspberrypi-hwmon: under-voltage monitoring enabled',
			],
		},
	},
	{
		id: 'throttling',
		title: 'throttling',
		weight: 'warning',
		match: /\btemperature (?:is )?above threshold, cpu clock (?:is )?throttled|critical temperature reached/i,
		ends: /\btemperature\/speed normal\b/i,
		means: 'The processor is too hot and slows down, or the board switches itself off: look at airflow and load.',
		samples: {
			hits: [
				'CPU0: Temperature above threshold, cpu clock throttled (total events = 1)',
				'CPU0: Core temperature above threshold, cpu clock throttled (total events = 12)',
				'CPU2: Package temperature is above threshold, cpu clock is throttled (total events = 7)',
				'thermal thermal_zone0: critical temperature reached (105 C), shutting down',
				'cpu-thermal: critical temperature reached, shutting down',
			],
			misses: [
				'CPU0: Core temperature/speed normal',
				"thermal_sys: Registered thermal governor 'step_wise'",
				'thermal LNXTHERM:00: registered as thermal_zone0',
			],
		},
	},
];
