import signal, time
import pytest
from sqlalchemy import text
from tests.support.factories import make_person, make_webmaster, join
from upguide.extensions import db
from upguide.tenancy.scope import scope

def test_alias_loop(browse):
    letters = " ".join("CDFJKMNPRTVWX" * 4)[:100]
    me = make_person(first_names=letters, surname=letters)
    b = browse(me)
    b.token()
    def stop(*_): raise TimeoutError("HANGS")
    signal.signal(signal.SIGALRM, stop); signal.alarm(5)
    t = time.perf_counter()
    try:
        r = b.post("/profile/alias/random", {})
        print("ALIAS", r.status_code, time.perf_counter() - t)
    except BaseException as e:
        print("ALIAS", type(e).__name__, e, time.perf_counter() - t)
    finally:
        signal.alarm(0)

def sql(label, tenant, who, statement, **v):
    with scope(tenant, who, db.session()):
        try:
            with db.session.begin_nested():
                r = db.session.execute(text(statement), v)
                print("SQL", label, r.rowcount, r.fetchall() if r.returns_rows else "")
        except Exception as e:
            print("SQL", label, "REFUSED", str(e).splitlines()[0][:140])
        db.session.rollback()

def test_rls(app):
    me, other, far = make_person(), make_person(), make_person("gfs")
    with scope("upguide", me.id, db.session()):
        sql("role self", "upguide", me.id, "INSERT INTO role_grants (person_id, role) VALUES (:p, 'webmaster')", p=me.id)
        sql("sign self", "upguide", me.id, "INSERT INTO signatures (id, person_id, agreement, version) VALUES (gen_random_uuid(), :p, 'confidentiality', 1)", p=me.id)
        sql("consent rewrite", "upguide", me.id, "UPDATE consents SET version = 99", p=me.id)
        sql("consent delete", "upguide", me.id, "DELETE FROM consents", p=me.id)
        sql("journal other tenant", "upguide", me.id, "INSERT INTO journal (person_id, tenant_id, viewer_id, relations, setting, items) VALUES (:p, 'gfs', :me, '{}', 'page', '{}')", p=far.id, me=me.id)
        sql("journal nobody", "upguide", None, "INSERT INTO journal (person_id, tenant_id, viewer_id, relations, setting, items) VALUES (:p, 'gfs', NULL, '{}', 'page', '{}')", p=far.id)
        sql("membership move", "upguide", me.id, "UPDATE memberships SET tenant_id = 'gfs'")
        sql("own membership insert elsewhere", "upguide", me.id, "INSERT INTO memberships (tenant_id, person_id, handle) VALUES ('gfs', :p, 'x')", p=me.id)
        sql("membership other", "upguide", me.id, "INSERT INTO memberships (tenant_id, person_id, handle) VALUES ('upguide', :p, 'x')", p=far.id)
        sql("persons signed out", "upguide", None, "SELECT count(*) FROM persons")
        sql("persons tenantless", None, None, "SELECT count(*) FROM persons")
        sql("registrations signed out", "upguide", None, "SELECT mail_address FROM registrations")
        sql("gate internals", "upguide", me.id, "SET ROLE upguide_gate")
        sql("prof of other", "upguide", me.id, "UPDATE persons SET alias='XX' WHERE id = :o", o=other.id)
        sql("entries forge", "upguide", me.id, "INSERT INTO entries (person_id, item, row_id, entered_by, removed) VALUES (:p, 'phone', :p, :o, false)", p=me.id, o=other.id)
        sql("tokens", "upguide", me.id, "SELECT * FROM tokens")
        sql("jobs", "upguide", None, "SELECT count(*) FROM procrastinate_jobs")
        sql("similar", "upguide", me.id, "SELECT gate.similar_members('gfs', ARRAY['abc'], 5)")
        sql("forget", "upguide", me.id, "SELECT gate.forget_expired()")

def test_pg_log(app, database):
    a, b = make_person(), make_person()
    with scope("upguide", a.id, db.session()):
        try:
            db.session.execute(text("UPDATE persons SET mail_address = :m WHERE id = :i"), {"m": b.mail_address, "i": a.id}); db.session.commit()
        except Exception as e:
            print("EXC", str(e)[:200].replace(b.mail_address, "<<MAIL>>"))
        db.session.rollback()
        try:
            db.session.execute(text("UPDATE persons SET alias = '' WHERE id = :i"), {"i": a.id}); db.session.commit()
        except Exception as e:
            print("EXC", str(e)[:300].replace(a.mail_address, "<<MAIL>>").replace(a.surname, "<<NAME>>"))
        db.session.rollback()
    log = database.server.place.log.read_text(errors="replace")
    print("PGLOG mail in log:", b.mail_address in log, "name in log:", a.surname in log)

def test_wrapped_key_swap(app):
    from upguide.privacy.vault import Vault, sealer
    from upguide.security.sealing import context, seal, unseal
    import uuid
    row = uuid.uuid4()
    victim = sealer().new_wrapped_key()
    sealed = Vault(victim).close("phones.phone_number", row, "+31")
    print("SWAP", unseal(Vault(victim).key, sealed, context("phones.phone_number", row)))
