"""Databases that a journey may do anything to, and a word to their crons."""

import os
import shutil
from contextlib import closing, contextmanager

import psycopg2
import pytest
from client import ROOT
from psycopg2 import sql

from odoo.sql_db import close_db


def _maintain(statement):
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _filestore(database):
    return ROOT / ".work" / "data" / "filestore" / database


@contextmanager
def copied_database(suffix):
    """A copy of the database that setup/test has built, gone afterwards; its name."""
    source = os.environ.get("SUITE_TEST_DB")
    if not source:
        pytest.fail("SUITE_TEST_DB is not set: run the journeys through setup/test")
    name = f"{source}_{suffix}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name))
    _maintain(drop)
    close_db(source)  # idle connections of the tests that ran before in this process
    _maintain(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(source)
        )
    )
    if _filestore(source).is_dir():
        shutil.copytree(_filestore(source), _filestore(name), dirs_exist_ok=True)
    try:
        yield name
    finally:
        _maintain(drop)
        shutil.rmtree(_filestore(name), ignore_errors=True)


def wake_crons(database):
    """Have the server look for crons that are due now, not at its next minute."""
    _maintain(sql.SQL("NOTIFY cron_trigger, {}").format(sql.Literal(database)))
