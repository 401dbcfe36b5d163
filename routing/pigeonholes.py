"""More calls than there are couriers or tours for them: refused only where it is proven.

Calls to be kept apart need as many couriers, each able; what is locked to one courier needs room in his
tours. Both are looked for with a bounded effort, so that making a problem stays quick: beyond it nothing
is said, and the search is left to find out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from routing.findings import Findings, of_locks
from routing.problem import Courier, Problem, Stop, StopKind
from routing.terms import CourierId, StopId

MOST_MATCHED: Final = 300
MOST_COLOURED: Final = 60
PLACES_TRIED: Final = 2_000

Graph = Mapping[int, Collection[int]]
Able = Mapping[int, frozenset[CourierId]]
Company = Sequence[StopId]


def too_few_couriers(companies: Sequence[Company], apart: Graph, able: Able) -> Findings:
    """Companies kept apart for whom there are not enough couriers.

    Args:
        companies: stops that must be with one courier.
        apart: for the number of a company those it may not be with.
        able: who may serve all of a company; where they are more than those it may not be with, not
            all of them need to be named. Nobody: that is said elsewhere.
    """
    for part in _parts(_hard({one: others for one, others in apart.items() if able[one]}, able)):
        short = _clique_too_large(part, able) or _without_colouring(part, able)
        if short:
            names = [companies[number][0] for number in sorted(short)]
            men = sorted(frozenset[CourierId]().union(*(able[number] for number in short)))
            yield of_locks(
                names[0],
                f"to be kept apart: {', '.join(names)}; but only {' and '.join(men)} can serve them",
            )


def _hard(apart: Graph, able: Able) -> dict[int, set[int]]:
    """Without those who find somebody in any case, since more are able than they have neighbours."""
    left = {one: {other for other in others if other in apart} for one, others in apart.items()}
    ahead = list(left)
    while ahead:
        one = ahead.pop()
        if one in left and len(able[one]) > len(left[one]):
            for other in left.pop(one):
                left[other].discard(one)
                ahead.append(other)
    return left


def _parts(apart: Graph) -> Iterator[dict[int, set[int]]]:
    """The graph, connected part by part."""
    left = {one: set(others) for one, others in apart.items()}
    while left:
        ahead, part = [next(iter(left))], dict[int, set[int]]()
        while ahead:
            one = ahead.pop()
            if one in left:
                part[one] = left.pop(one)
                ahead.extend(part[one])
        yield part


def _clique_too_large(part: Mapping[int, set[int]], able: Able) -> set[int] | None:
    """Of those that must all be apart from one another some that share too few couriers (Hall)."""
    by_degree = sorted(part, key=lambda one: (-len(part[one]), one))
    looked_at = set[int]()
    for one in by_degree:
        if one in looked_at:
            continue
        clique = [one]
        for other in by_degree:
            if other in part[one] and all(other in part[member] for member in clique):
                clique.append(other)
        looked_at.update(clique)
        short = _unmatched(clique[:MOST_MATCHED], able)
        if short:
            return short
    return None


def _unmatched(clique: Sequence[int], able: Able) -> set[int] | None:
    """Members who have one courier fewer than they are, by augmenting paths; None: each has his own."""
    taken: dict[CourierId, int] = {}

    def finds_one(member: int, tried: set[CourierId]) -> bool:
        for courier in sorted(able[member] - tried):
            if courier in tried:
                continue
            tried.add(courier)
            if courier not in taken or finds_one(taken[courier], tried):
                taken[courier] = member
                return True
        return False

    for member in clique:
        tried = set[CourierId]()
        if not finds_one(member, tried):
            return {member, *(taken[courier] for courier in tried)}
    return None


def _without_colouring(part: Mapping[int, set[int]], able: Able) -> set[int] | None:
    """Few who cannot be given couriers all at once; None where they can, or it takes too long to say."""
    short = set(part)
    if len(short) > MOST_COLOURED:
        return None
    if _can_be_given(short, part, able) is not False:
        return None
    for member in sorted(part):
        if _can_be_given(short - {member}, part, able) is False:
            short.remove(member)
    return short


def _can_be_given(members: set[int], part: Mapping[int, set[int]], able: Able) -> bool | None:
    """Whether each can have a courier that no neighbour has; None: not found out."""
    tried = 0

    def given(free: Mapping[int, frozenset[CourierId]]) -> bool | None:
        nonlocal tried
        tried += 1
        if not free:
            return True
        if tried > PLACES_TRIED:
            return None
        member = min(free, key=lambda one: (len(free[one]), -len(part[one]), one))
        for courier in sorted(free[member]):
            rest = {
                one: men - {courier} if one in part[member] else men
                for one, men in free.items()
                if one != member
            }
            found = given(rest)
            if found is not False:
                return found
        return False

    return given({member: able[member] for member in members})


def too_little_room(problem: Problem, courier: Courier, stops: Sequence[StopId]) -> Findings:
    """What is locked to a courier and needs more tours than he makes."""
    calls = [problem.stops[problem.stop_index[stop]] for stop in stops]
    for dimension, most in enumerate(courier.capacities):
        for kind, words in ((StopKind.DELIVER, "bring"), (StopKind.COLLECT, "fetch")):
            sizes = _sizes(problem, calls, kind, dimension)
            least = _least_tours(sizes, most)
            if least > courier.max_tours:
                detail = (
                    f"{len(sizes)} stops locked to {courier.id} with {sum(sizes)}"
                    f" {problem.load_names[dimension]} to {words}:"
                    f" at least {least} tours of {most}, {courier.max_tours} allowed"
                )
                yield of_locks(courier.id, detail)


def _sizes(problem: Problem, calls: Sequence[Stop], kind: StopKind, dimension: int) -> list[int]:
    amounts = (problem.loads_of(call)[dimension] for call in calls if call.kind is kind)
    return [amount for amount in amounts if amount]


def _least_tours(sizes: Sequence[int], most: int) -> int:
    """No fewer bags of this size hold them all (Martello and Toth's second bound)."""
    if any(size > most for size in sizes):
        return 0  # it is said of the stop itself
    bound = 0
    for small in {0, *(size for size in sizes if 2 * size <= most)}:
        alone = [size for size in sizes if size > most - small]
        large = [size for size in sizes if most - small >= size and 2 * size > most]
        rest = sum(size for size in sizes if small <= size and 2 * size <= most)
        beside = len(large) * most - sum(large)
        more = -(-max(0, rest - beside) // most) if most else 0
        bound = max(bound, len(alone) + len(large) + more)
    return bound
