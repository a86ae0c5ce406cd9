from threading import Barrier, Thread
from time import sleep

from foundation.core.breaker import CircuitBreaker

PAUSE = 0.05


def test_calls_pass_until_one_fails():
    breaker = CircuitBreaker(PAUSE)

    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


def test_calls_are_refused_for_a_while_after_a_failure():
    breaker = CircuitBreaker(PAUSE)

    breaker.failed()

    assert not breaker.allows()


def test_one_call_is_the_trial_after_the_pause():
    breaker = CircuitBreaker(PAUSE)
    breaker.failed()
    sleep(PAUSE * 1.2)

    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_success_of_the_trial_lets_all_calls_pass():
    breaker = CircuitBreaker(PAUSE)
    breaker.failed()
    sleep(PAUSE * 1.2)
    breaker.allows()

    breaker.succeeded()

    assert [breaker.allows(), breaker.allows()] == [True, True]


def test_failure_of_the_trial_starts_the_pause_again():
    breaker = CircuitBreaker(PAUSE)
    breaker.failed()
    sleep(PAUSE * 1.2)
    breaker.allows()

    breaker.failed()

    assert not breaker.allows()


def test_trial_that_never_reports_is_followed_by_another():
    breaker = CircuitBreaker(PAUSE)
    breaker.failed()
    sleep(PAUSE * 1.2)
    breaker.allows()

    sleep(PAUSE * 1.2)

    assert breaker.allows()


def test_one_of_many_threads_makes_the_trial():
    breaker = CircuitBreaker(10)
    breaker.failed()
    breaker._trial_at = 0
    start, answers = Barrier(16), []

    def ask():
        start.wait()
        answers.append(breaker.allows())

    threads = [Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(answers) == 1
