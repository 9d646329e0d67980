"""A database of its own: the generator commits, and takes indexes off and on."""

import datetime as dt
from dataclasses import replace

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from beneficiaries.generator.decisions import TABLE, write_decisions
from beneficiaries.management.commands.generate_registry import owner_conninfo
from households.generator.arrays import day_number
from households.generator.generating import Order, generate

AS_OF = dt.date(2026, 11, 21)
ORDER = Order(
    households=1500,
    seed=7,
    provinces="all",
    as_of=day_number(AS_OF),
    workers=1,
    writers=(write_decisions,),
    more_tables=(TABLE,),
)

# Two provinces in force, each with a cluster that stands for an old district: Đồng Văn of Hà Giang, Trà Cú of Trà Vinh.
AREAS = """
INSERT INTO core_area (id, level, code, name, name_key, kind, parent_id, valid_from, valid_to, province_no, position, position_end) VALUES
 (1, 'province', '02', 'Tỉnh Hà Giang', 'ha giang', 'Tỉnh', NULL, NULL, '2025-07-01', NULL, NULL, NULL),
 (2, 'district', '026', 'Huyện Đồng Văn', 'dong van', 'Huyện', 1, NULL, '2025-07-01', NULL, NULL, NULL),
 (3, 'province', '84', 'Tỉnh Trà Vinh', 'tra vinh', 'Tỉnh', NULL, NULL, '2025-07-01', NULL, NULL, NULL),
 (4, 'district', '849', 'Huyện Trà Cú', 'tra cu', 'Huyện', 3, NULL, '2025-07-01', NULL, NULL, NULL),
 (5, 'province', '08', 'Tỉnh Tuyên Quang', 'tuien quang', 'Tỉnh', NULL, '2025-07-01', NULL, 1, 10000000000, 20000000000),
 (6, 'cluster', 'C026', 'Cụm Đồng Văn', 'cum dong van', 'Cụm xã', 5, '2025-07-01', NULL, 1, 10010000000, 10020000000),
 (7, 'commune', '00715', 'Xã Lũng Cú', 'lung cu', 'Xã', 5, '2025-07-01', NULL, 1, 10010010000, 10010020000),
 (8, 'commune', '00721', 'Xã Đồng Văn', 'dong van', 'Xã', 5, '2025-07-01', NULL, 1, 10010020000, 10010030000),
 (9, 'province', '86', 'Tỉnh Vĩnh Long', 'vinh long', 'Tỉnh', NULL, '2025-07-01', NULL, 2, 20000000000, 30000000000),
 (10, 'cluster', 'C849', 'Cụm Trà Cú', 'cum tra cu', 'Cụm xã', 9, '2025-07-01', NULL, 2, 20010000000, 20020000000),
 (11, 'commune', '29461', 'Phường Trà Cú', 'tra cu', 'Phường', 9, '2025-07-01', NULL, 2, 20010010000, 20010020000);
INSERT INTO core_clustermembership (cluster_id, commune_id, since) VALUES (6, 7, '2025-07-01'), (6, 8, '2025-07-01'), (10, 11, '2025-07-01');
SELECT setval(pg_get_serial_sequence('core_area', 'id'), 100);
"""


@pytest.fixture(scope="session")
def empty_registry(django_db_setup, django_db_blocker):
    """Makes databases with areas and nobody in them; returns the connection string of a new one at each call."""
    made = []
    with django_db_blocker.unblock():
        owner = owner_conninfo()
        base = str(connection.settings_dict["NAME"])
        server = make_conninfo(owner, dbname="postgres")
        connections.close_all()

        def make(template=base):
            name = f"{base}_generator{len(made)}"
            with psycopg.connect(server, autocommit=True) as session:
                session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
            made.append(name)
            return make_conninfo(owner, dbname=name)

        with_areas = make()
        with psycopg.connect(with_areas) as session:
            session.execute(AREAS)
        yield lambda: make(conninfo_to_dict(with_areas)["dbname"])
        with psycopg.connect(server, autocommit=True) as session:
            for name in made:
                session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def generated(empty_registry):
    """A small generated registry that tests only read: (connection string, outcome)."""
    conninfo = empty_registry()
    return conninfo, generate(conninfo, ORDER, lambda line: None)


@pytest.fixture
def registry(generated):
    """A session on the generated registry, rolled back after the test."""
    with psycopg.connect(generated[0]) as session:
        yield session
        session.rollback()


def order(**changes):
    return replace(ORDER, **changes)
