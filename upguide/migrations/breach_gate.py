"""The gate's functions about breaches, frozen with migration 0009 (clauses B1-B3).

Each asks itself whether the one in whose name it runs handles breaches: an officer or webmaster who is bound
(`gate.bound`: not blocked, the confidentiality agreement signed in its current version). Those without anybody's name
give no words and no names.
"""

HANDLES_BREACHES = """
CREATE FUNCTION gate.handles_breaches() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT gate.bound('officer') OR gate.bound('webmaster')
$$
"""
# Who is to hear of a report or of the clock, and whether they are bound: identities alone.
BREACH_HANDLERS = """
CREATE FUNCTION gate.breach_handlers() RETURNS TABLE (person_id uuid, bound boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.person_id, EXISTS (
        SELECT FROM signatures s WHERE s.person_id = r.person_id AND s.agreement = 'confidentiality'
        AND s.version = gate.agreement_version('confidentiality') AND s.expires_at > now())
    FROM role_grants r JOIN persons p ON p.id = r.person_id AND p.blocked_at IS NULL
    WHERE r.role IN ('officer', 'webmaster') ORDER BY r.person_id
$$
"""
# Which marks of the clock were passed and not yet told, of breaches neither reported nor decided: no words.
DUE_BREACH_MARKS = """
CREATE FUNCTION gate.due_breach_marks(asked_now timestamptz)
RETURNS TABLE (breach_id uuid, number integer, exercise boolean, aware_at timestamptz, hours integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.id, b.number, b.exercise, b.aware_at, m.hours
    FROM breaches b CROSS JOIN (VALUES (24), (48), (66)) AS m (hours)
    WHERE b.authority <> 'no' AND b.reported_at IS NULL AND b.closed_at IS NULL
      AND b.aware_at + m.hours * interval '1 hour' <= asked_now
      AND NOT EXISTS (SELECT FROM breach_mails d WHERE d.breach_id = b.id AND d.kind = 'clock_' || m.hours)
    ORDER BY b.number, m.hours
$$
"""
# Notes that a message is being written; false where it was before.
NOTE_BREACH_MAIL = """
CREATE FUNCTION gate.note_breach_mail(asked_breach uuid, asked_kind text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO breach_mails (breach_id, kind) VALUES (asked_breach, asked_kind) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$
"""
# Whom a breach concerns, from the journal; found ones are added, their items joined, and removed ones left alone.
# Returns how many it found, -1 where nobody has the number.
NOTE_CONCERNED = """
CREATE FUNCTION gate.note_concerned(asked_breach uuid, asked_number text, asked_relation text, asked_since timestamptz,
                                    asked_until timestamptz, asked_items text[], asked_session uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE asked_viewer uuid; found_count integer;
BEGIN
    IF NOT gate.handles_breaches() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only who handles breaches may ask whom one concerns';
    END IF;
    IF asked_number IS NOT NULL THEN
        SELECT p.id INTO asked_viewer FROM persons p WHERE p.number = asked_number;
        IF NOT FOUND THEN
            RETURN -1;
        END IF;
    END IF;
    WITH looks AS (
        SELECT j.person_id, array_agg(DISTINCT i.item ORDER BY i.item) AS items
        FROM journal j CROSS JOIN LATERAL unnest(j.items) AS i (item)
        WHERE (asked_viewer IS NULL OR j.viewer_id = asked_viewer)
          AND (asked_relation IS NULL OR asked_relation = ANY (j.relations))
          AND (asked_since IS NULL OR j.seen_at >= asked_since)
          AND (asked_until IS NULL OR j.seen_at <= asked_until)
          AND (asked_session IS NULL OR j.session_id = asked_session)
          AND (asked_items IS NULL OR i.item = ANY (asked_items))
          AND j.viewer_id IS DISTINCT FROM j.person_id
        GROUP BY j.person_id
    ), noted AS (
        INSERT INTO breach_concerned AS c (id, breach_id, person_id, items, source, removed)
        SELECT gen_random_uuid(), asked_breach, l.person_id, l.items, 'journal', false FROM looks l
        ON CONFLICT (breach_id, person_id) DO UPDATE
            SET items = ARRAY(SELECT DISTINCT u FROM unnest(c.items || excluded.items) AS u ORDER BY u)
        RETURNING 1
    )
    SELECT count(*) INTO found_count FROM noted;
    RETURN found_count;
END $$
"""
# Adds one person by number, or takes somebody back who was removed; false where nobody has the number.
ADD_CONCERNED = """
CREATE FUNCTION gate.add_concerned(asked_breach uuid, asked_number text, asked_items text[], asked_reason text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT gate.handles_breaches() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only who handles breaches may add whom one concerns';
    END IF;
    INSERT INTO breach_concerned AS c (id, breach_id, person_id, items, source, removed, reason)
    SELECT gen_random_uuid(), asked_breach, p.id, asked_items, 'added', false, asked_reason
    FROM persons p WHERE p.number = asked_number
    ON CONFLICT (breach_id, person_id) DO UPDATE
        SET items = ARRAY(SELECT DISTINCT u FROM unnest(c.items || excluded.items) AS u ORDER BY u),
            source = 'added', removed = false, reason = excluded.reason;
    RETURN FOUND;
END $$
"""
# One page of the list after one of its rows, in the order of UpGuide numbers; that they were seen is journalled.
CONCERNED = """
CREATE FUNCTION gate.concerned(asked_breach uuid, asked_after uuid, at_most integer, asked_session uuid)
RETURNS TABLE (id uuid, number varchar, items varchar[], source varchar, removed boolean, reason text,
               told_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    viewer uuid := NULLIF(current_setting('app.viewer', true), '')::uuid;
    register_number integer;
    last_number text;
BEGIN
    IF NOT gate.handles_breaches() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only who handles breaches may see whom one concerns';
    END IF;
    SELECT b.number INTO register_number FROM breaches b WHERE b.id = asked_breach;
    SELECT p.number INTO last_number FROM breach_concerned c JOIN persons p ON p.id = c.person_id
    WHERE c.id = asked_after AND c.breach_id = asked_breach;
    RETURN QUERY WITH page AS (
        SELECT c.id, c.person_id, p.number, c.items, c.source, c.removed, c.reason, c.told_at
        FROM breach_concerned c JOIN persons p ON p.id = c.person_id
        WHERE c.breach_id = asked_breach AND p.number > COALESCE(last_number, '') ORDER BY p.number LIMIT at_most
    ), looked AS (
        INSERT INTO journal (tenant_id, person_id, viewer_id, session_id, relations, setting, items, reason)
        SELECT current_setting('app.tenant', true), page.person_id, viewer, asked_session,
               ARRAY(SELECT r.role FROM role_grants r WHERE r.person_id = viewer ORDER BY r.role),
               'breach', ARRAY['breaches', 'number'], 'breach ' || register_number
        FROM page
    )
    SELECT page.id, page.number, page.items, page.source, page.removed, page.reason, page.told_at
    FROM page ORDER BY page.number;
END $$
"""
# What the law no longer wants kept goes: with a breach, all that hangs on it.
FORGET_OLD_BREACHES = """
CREATE FUNCTION gate.forget_old_breaches(asked_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM breaches WHERE closed_at <= asked_now - interval '5 years';
    DELETE FROM breach_reports WHERE breach_id IS NULL AND decision = 'none'
        AND decided_at <= asked_now - interval '1 year';
$$
"""
FUNCTIONS = {
    "breach_handlers()": BREACH_HANDLERS,
    "due_breach_marks(timestamptz)": DUE_BREACH_MARKS,
    "note_breach_mail(uuid, text)": NOTE_BREACH_MAIL,
    "note_concerned(uuid, text, text, timestamptz, timestamptz, text[], uuid)": NOTE_CONCERNED,
    "add_concerned(uuid, text, text[], text)": ADD_CONCERNED,
    "concerned(uuid, uuid, integer, uuid)": CONCERNED,
    "forget_old_breaches(timestamptz)": FORGET_OLD_BREACHES,
}
