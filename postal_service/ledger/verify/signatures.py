"""A signature is that of exactly these bytes; several processes may check them, and the first false one is told first."""

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .answer import Broken

CHUNK = 1_000  # signatures handed to a worker at once


@dataclass(frozen=True)
class Job:
    """A signature to be checked, by this process or another, and what is broken if it is false."""

    index: int | None
    event: str
    why: str
    algorithm: str
    key: bytes
    message: bytes
    signature: bytes


class Signatures:
    """Checks signatures here or in other processes; the first false one is raised first."""

    def __init__(self, workers: int) -> None:
        self.pool = (
            ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
        )
        self.most_waiting = workers * 4
        self.jobs: list[Job] = []
        self.waiting: deque[tuple[list[Job], Future[int | None]]] = deque()

    def check(self, job: Job) -> None:
        self.jobs.append(job)
        if self.pool is None:
            self.finish()
        elif len(self.jobs) >= CHUNK:
            self._send()
            while len(self.waiting) > self.most_waiting:
                self._take()

    def finish(self) -> None:
        """Wait for all that was given. Raises Broken for the first false signature."""
        if self.pool is None:
            jobs, self.jobs = self.jobs, []
            self._judge(jobs, _first_false(jobs))
            return
        self._send()
        while self.waiting:
            self._take()

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def _send(self) -> None:
        if self.jobs and self.pool is not None:
            self.waiting.append((self.jobs, self.pool.submit(_first_false, self.jobs)))
            self.jobs = []

    def _take(self) -> None:
        jobs, answer = self.waiting.popleft()
        self._judge(jobs, answer.result())

    @staticmethod
    def _judge(jobs: list[Job], place: int | None) -> None:
        if place is not None:
            job = jobs[place]
            raise Broken(job.why, index=job.index, event=job.event)


def signed(algorithm: str, key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        known = public_key(algorithm, key)
        if isinstance(known, Ed25519PublicKey):
            known.verify(signature, message)
        else:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            known.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=8192)
def public_key(algorithm: str, key: bytes) -> Ed25519PublicKey | EllipticCurvePublicKey:
    if algorithm == "ed25519":
        return Ed25519PublicKey.from_public_bytes(key)
    if len(key) != 65:
        raise ValueError("A P-256 key is an uncompressed point.")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)


def envelope(body: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    return b"DSSEv1 37 application/vnd.custody.event.v1+json %d %b" % (len(body), body)


def _first_false(jobs: list[Job]) -> int | None:
    """The place of the first job whose signature is false."""
    for place, job in enumerate(jobs):
        if not signed(job.algorithm, job.key, job.message, job.signature):
            return place
    return None
