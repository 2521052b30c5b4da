"""main.py [--seed N] [--worlds K] [--jobs J] [--world SEED]: see run."""

import argparse
import collections
import multiprocessing
import queue
import sys
import traceback

from bed import Bed
from known import why
from play import Differs, Play, make


def attempt(bed, start, steps):
    """The failure of a world, with the steps up to it."""
    play = Play(bed, start)
    for i, step in enumerate(steps):
        try:
            play.step(step)
        except Differs as e:
            return str(e), steps[: i + 1]
    return None, steps


def kindof(failure):
    return failure.split(":")[0][:25]


def shrink(bed, start, steps, failure):
    """Drops steps, then rows, while the world still fails in the same way."""

    def fails(candidate):
        try:
            got, cut = attempt(bed, start, candidate)
        except Exception:
            return None
        return (got, cut) if got and kindof(got) == kindof(failure) else None

    again = True
    while again:
        again = False
        for i in reversed(range(len(steps) - 1)):
            if found := fails(steps[:i] + steps[i + 1 :]):
                failure, steps = found
                again = True
                break
        else:
            for i, step in enumerate(steps):
                for j in range(len(step[1])) if step[0] == "table" else ():
                    rows = step[1][:j] + step[1][j + 1 :]
                    if found := fails(steps[:i] + [("table", rows)] + steps[i + 1 :]):
                        failure, steps = found
                        again = True
                        break
                if again:
                    break
    return failure, steps


def replay(seed, start, steps, failure):
    sync = start["sync"]
    lines = [
        f"world {seed}: {start['kind']}, api {sync.api}, M = {''.join(sync.types)}"
        f"{'' if sync.typed else ' (no type column)'},"
        f" {sync.policy}, {sync.on_drift}, creates {'replace' if start['replaces'] else 'add'},"
        f" first {'becomes primary' if start['first'] else 'stays plain'};"
        f" max_archive {sync.max_archive} {sync.percent} %, shrink {sync.shrink} %,"
        f" empty {sync.allow_empty}"
    ]
    for step in steps:
        if step[0] == "table":
            cell = lambda v: "NULL" if v is None else str(v)
            lines.append(
                "  table "
                + (" ".join("(" + ",".join(map(cell, row)) + ")" for row in step[1]) or "empty")
            )
        elif step[0] == "hubspot":
            lines.append(
                f"  hubspot {step[1]}-{step[2]}"
                + (f" +{step[3]}" if step[3] else "")
                + (f" -{step[4]}" if step[4] else "")
            )
        else:
            lines.append("  " + " ".join(str(w) for w in step))
    return "\n".join(lines) + "\n  " + failure.strip().replace("\n", "\n  ")


def work(number, seeds, answers):
    bed = Bed(number)
    for seed in iter(seeds.get, None):
        try:
            start, steps = make(seed)
            failure, steps = attempt(bed, start, steps)
            if failure:
                failure, steps = shrink(bed, start, steps, failure)
                failure = replay(seed, start, steps, failure)
        except Exception:  # the bed broke: what comes after it could not be believed
            answers.put((seed, f"world {seed}: {traceback.format_exc()}"))
            break
        answers.put((seed, failure))
    bed.close()


def answer(crew, answers):
    """The next world's answer; None if nobody is left to give one."""
    while True:
        alive = any(one.is_alive() for one in crew)
        try:
            return answers.get(timeout=2)
        except queue.Empty:
            if not alive:
                return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", help="the kinds of known.py whose reason holds this")
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--stop", type=int, default=0, help="after so many failures")
    options = parser.parse_args()
    if options.trace:
        bed = Bed(0)
        start, steps = make(options.seed)
        print(start)
        play = Play(bed, start, print)
        for step in steps:
            print(">", *step)
            play.step(step)
        return 0
    # Queues without a bound: a pipe alone takes a few thousand seeds and then waits for a reader.
    seeds, answers = multiprocessing.Queue(), multiprocessing.Queue()
    crew = [
        multiprocessing.Process(target=work, args=(n, seeds, answers)) for n in range(options.jobs)
    ]
    for one in crew:
        one.start()
    left_out = collections.Counter()
    seed, worlds = options.seed, 0
    while worlds < options.worlds:
        reason = None if options.all else why(*make(seed))
        if options.only and options.only in (reason or ""):
            reason = None
        elif options.only:
            reason = reason or "other"
        if reason:
            left_out[reason] += 1
        else:
            seeds.put(seed)
            worlds += 1
        seed += 1
    for _ in range(options.jobs):
        seeds.put(None)
    failed = 0
    for played in range(worlds):
        answered = answer(crew, answers)
        if answered is None:
            print(f"{worlds - played} worlds were not played: their processes ended before")
            failed += worlds - played
            break
        seed, failure = answered
        if failure:
            failed += 1
            print(failure, flush=True)
            if failed == options.stop:
                for one in crew:
                    one.terminate()
                break
    for one in crew:
        one.join()
    for reason, number in left_out.items():
        print(f"left out: {number} worlds, {reason}")
    print(f"{worlds - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
