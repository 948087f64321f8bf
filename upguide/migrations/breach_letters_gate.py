"""The gate's functions about breaches as migration 0016 leaves them, frozen with it (clauses B1-B3).

What they take the place of stands in `breach_gate`. No moment comes from the application where something is removed
or noted: it is the database's own.
"""

from upguide.migrations import breach_gate


def _changed(definition: str, *changes: tuple[str, str]) -> str:
    """Return a function of `breach_gate` with some of its words changed, each of which stands there once."""
    for before, after in changes:
        if definition.count(before) != 1:
            raise ValueError(f"not once in what it changes: {before}")
        definition = definition.replace(before, after)
    return definition


_COLUMNS = "(id, breach_id, person_id, items, source, removed"
_ABOUT = "exercise, breach_number, aware_at"
_ITS = "b.exercise, b.number, b.aware_at"
# Both as before, and with what the person's own copy says of the breach.
NOTE_CONCERNED = _changed(
    breach_gate.NOTE_CONCERNED,
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    (f"{_COLUMNS})", f"{_COLUMNS}, {_ABOUT})"),
    ("asked_breach, l.person_id", "b.id, l.person_id"),
    ("'journal', false", f"'journal', false, {_ITS}"),
    ("FROM looks l", "FROM looks l CROSS JOIN breaches b WHERE b.id = asked_breach"),
)
ADD_CONCERNED = _changed(
    breach_gate.ADD_CONCERNED,
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    (f"{_COLUMNS}, reason)", f"{_COLUMNS}, reason, {_ABOUT})"),
    ("asked_breach, p.id", "b.id, p.id"),
    ("false, asked_reason", f"false, asked_reason, {_ITS}"),
    ("FROM persons p WHERE", "FROM persons p CROSS JOIN breaches b WHERE b.id = asked_breach AND"),
)
# With what became of the letters too; the person reads of an exercise that it was one.
CONCERNED = _changed(
    breach_gate.CONCERNED,
    ("told_at timestamptz)", "told_at timestamptz, told_items varchar[], letter varchar, letter_at timestamptz)"),
    ("register_number integer;", "register_number integer;\n    practised boolean;"),
    ("SELECT b.number INTO register_number", "SELECT b.number, b.exercise INTO register_number, practised"),
    ("c.reason, c.told_at\n", "c.reason, c.told_at, c.told_items, c.letter, c.letter_at\n"),
    ("page.reason, page.told_at\n", "page.reason, page.told_at, page.told_items, page.letter, page.letter_at\n"),
    ("'breach', ARRAY", "CASE WHEN practised THEN 'breach_exercise' ELSE 'breach' END, ARRAY"),
    ("'breach ' || register_number", "'nr. ' || register_number"),
)
# In which sessions people were looked at, for a breach of the register: when, in which roles, how many persons; neither
# who looked nor at whom. Who is named in the question is told in their journal that it was asked.
LOOKING_SESSIONS = """
CREATE FUNCTION gate.looking_sessions(asked_breach uuid, asked_number text, asked_relation text,
                                      asked_since timestamptz, asked_until timestamptz, at_most integer,
                                      asked_session uuid)
RETURNS TABLE (session_id uuid, relations varchar[], began_at timestamptz, ended_at timestamptz, persons bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asking uuid := NULLIF(current_setting('app.viewer', true), '')::uuid;
    asked_viewer uuid;
    register_number integer;
    practised boolean;
BEGIN
    IF NOT gate.handles_breaches() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only who handles breaches may ask which sessions looked';
    END IF;
    SELECT b.number, b.exercise INTO register_number, practised FROM breaches b WHERE b.id = asked_breach;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'no breach of the register is named';
    END IF;
    SELECT p.id INTO asked_viewer FROM persons p WHERE p.number = asked_number;
    IF FOUND THEN
        INSERT INTO journal (tenant_id, person_id, viewer_id, session_id, relations, setting, items, reason)
        SELECT current_setting('app.tenant', true), asked_viewer, asking, asked_session,
               ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = asking ORDER BY r.role),
               CASE WHEN practised THEN 'breach_exercise' ELSE 'breach_looks' END, ARRAY['journal'],
               'nr. ' || register_number;
    END IF;
    RETURN QUERY
    SELECT j.session_id, array_agg(DISTINCT r.relation ORDER BY r.relation), min(j.seen_at), max(j.seen_at),
           count(DISTINCT j.person_id)
    FROM journal j CROSS JOIN LATERAL unnest(j.relations) AS r (relation)
    WHERE j.session_id IS NOT NULL AND j.viewer_id IS DISTINCT FROM j.person_id
      AND (asked_number IS NULL OR j.viewer_id = asked_viewer)
      AND (asked_relation IS NULL OR asked_relation = ANY (j.relations))
      AND (asked_since IS NULL OR j.seen_at >= asked_since)
      AND (asked_until IS NULL OR j.seen_at <= asked_until)
    GROUP BY j.session_id ORDER BY max(j.seen_at) DESC, j.session_id LIMIT at_most;
END $$
"""
# What became of a letter. Only who knows the message's random identity can name it; nothing is told.
NOTE_BREACH_LETTER = """
CREATE FUNCTION gate.note_breach_letter(asked_mail uuid, asked_person uuid, asked_letter text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE breach_concerned SET letter = asked_letter, letter_at = now(),
        told_at = CASE WHEN asked_letter = 'told' THEN COALESCE(told_at, now()) ELSE told_at END,
        told_items = CASE WHEN asked_letter = 'told'
            THEN ARRAY(SELECT DISTINCT u FROM unnest(told_items || letter_items) AS u ORDER BY u) ELSE told_items END
    WHERE person_id = asked_person AND mail_id = asked_mail AND letter <> 'told'
      AND (asked_letter = 'told' OR letter IN ('queued', 'unsure'))
$$
"""
# Five years after it was closed a breach goes, with all that hangs on it; a report of none a year after its judgement.
# By the database's own clock: whoever calls it cannot make it earlier. Tells how many of each went.
FORGET_OLD_BREACHES = """
CREATE FUNCTION gate.forget_old_breaches() RETURNS TABLE (kind text, removed bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH old AS (
        DELETE FROM breaches WHERE closed_at <= now() - interval '5 years' RETURNING id
    ), none AS (
        DELETE FROM breach_reports WHERE breach_id IS NULL AND decision = 'none'
            AND decided_at <= now() - interval '1 year' RETURNING 1
    )
    SELECT 'breaches', count(*) FROM old
    UNION ALL SELECT 'breach_concerned', count(*) FROM breach_concerned WHERE breach_id IN (SELECT id FROM old)
    UNION ALL SELECT 'breach_mails', count(*) FROM breach_mails WHERE breach_id IN (SELECT id FROM old)
    UNION ALL SELECT 'breach_reports', (SELECT count(*) FROM none)
        + (SELECT count(*) FROM breach_reports WHERE breach_id IN (SELECT id FROM old))
$$
"""
# Changed in place: who may call them stays as it is.
REPLACED = (NOTE_CONCERNED, ADD_CONCERNED)
NEW = {
    "concerned(uuid, uuid, integer, uuid)": CONCERNED,
    "looking_sessions(uuid, text, text, timestamptz, timestamptz, integer, uuid)": LOOKING_SESSIONS,
    "note_breach_letter(uuid, uuid, text)": NOTE_BREACH_LETTER,
    "forget_old_breaches()": FORGET_OLD_BREACHES,
}
