"""Roles in sight of the officer, and an officer whom nobody silences (W8, W9, P7): frozen with migration 0015.

Functions that 0006, 0007 and 0008 made and that say more now, and new ones. Each checks by itself who asks.
"""

from .role_changes_gate import CHANGES, HEAD, IS_JOB, LOCK, NO_JOB, REFUSED, VIEWER

# Which version is in force of each agreement; nobody signs a later one.
AGREEMENTS = {
    "agreement_version(text)": f"""
CREATE FUNCTION gate.agreement_version(asked text) RETURNS integer LANGUAGE sql IMMUTABLE {HEAD}
    SELECT CASE asked WHEN 'confidentiality' THEN 1 WHEN 'processor' THEN 1 WHEN 'supervision' THEN 1
        WHEN 'statement' THEN 1 END
$$""",
    "may_be_signed(text, integer)": f"""
CREATE FUNCTION gate.may_be_signed(asked text, asked_version integer) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT coalesce(asked_version <= gate.agreement_version(asked), false)
$$""",
}

# Functions that other functions ask, and the application may not.
INNER = {
    "somebody_attends(uuid)": f"""
CREATE FUNCTION gate.somebody_attends(asked_access uuid) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (SELECT FROM role_grants r WHERE r.role = 'webmaster' AND gate.may_attend(asked_access, r.person_id))
$$""",
    # As in 0008, and one state more: any of them is asked, and there is nobody whom that reaches.
    "access_state(uuid)": f"""
CREATE FUNCTION gate.access_state(asked_access uuid) RETURNS text LANGUAGE sql STABLE {HEAD}
    SELECT CASE
        WHEN a.ended_at IS NOT NULL THEN 'ended'
        WHEN a.expires_at <= now() THEN 'over'
        WHEN a.agreed_at IS NOT NULL THEN CASE
            WHEN a.webmaster_id IS NULL OR NOT gate.is_bound(a.webmaster_id, 'webmaster') THEN 'absent'
            WHEN gate.access_is_open(a.id) THEN 'open'
            WHEN greatest(a.agreed_at, a.starts_at, a.attended_at) < now() - interval '24 hours' THEN 'absent'
            ELSE 'agreed' END
        WHEN k.answered_at IS NOT NULL THEN 'refused'
        WHEN k.asked_at < now() - interval '24 hours' THEN 'silent'
        WHEN NOT k.anybody AND (k.asked_id IS NULL OR NOT gate.is_bound(k.asked_id, 'webmaster')) THEN 'silent'
        WHEN NOT gate.somebody_attends(a.id) THEN 'nobody'
        ELSE 'asked' END
    FROM officer_accesses a LEFT JOIN LATERAL (
        SELECT * FROM access_asks k WHERE k.access_id = a.id ORDER BY k.asked_at DESC, k.id LIMIT 1
    ) k ON true WHERE a.id = asked_access
$$""",
    # P7 is the officer's: independent, and seeing no names. A webmaster answers where no officer can: where there is
    # none who is bound, or none but the one who asks.
    "may_answer(uuid, text)": f"""
CREATE FUNCTION gate.may_answer(asked_person uuid, own_role text) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT coalesce(own_role = 'officer' OR own_role = 'webmaster' AND NOT EXISTS (
        SELECT FROM role_grants r WHERE r.role = 'officer' AND r.person_id <> asked_person
        AND gate.is_bound(r.person_id, 'officer')), false)
$$""",
}

ACCESSES = {
    "ask_access_again(uuid, uuid)": f"""
CREATE FUNCTION gate.ask_access_again(asked_access uuid, asked_webmaster uuid) RETURNS boolean LANGUAGE plpgsql {HEAD}
BEGIN
    PERFORM FROM officer_accesses a WHERE a.id = asked_access AND a.officer_id = {VIEWER} FOR UPDATE;
    IF NOT FOUND OR NOT gate.bound('officer')
        OR gate.access_state(asked_access) NOT IN ('refused', 'silent', 'absent')
        OR asked_webmaster IS NULL AND NOT gate.somebody_attends(asked_access)
        OR asked_webmaster IS NOT NULL AND (NOT gate.may_attend(asked_access, asked_webmaster) OR EXISTS (
            SELECT FROM access_asks k WHERE k.access_id = asked_access AND k.asked_id = asked_webmaster))
    THEN RETURN false; END IF;
    UPDATE officer_accesses SET webmaster_id = NULL, agreed_at = NULL, session_id = NULL, attended_at = NULL
        WHERE id = asked_access;
    INSERT INTO access_asks (id, access_id, anybody, asked_id, asked_at)
        VALUES (gen_random_uuid(), asked_access, asked_webmaster IS NULL, asked_webmaster, clock_timestamp());
    RETURN true;
END $$""",
    # Whom the officer may still ask: not whom it concerns, nor who refused it or stayed away.
    "askable_webmasters(uuid)": f"""
CREATE FUNCTION gate.askable_webmasters(asked_access uuid)
RETURNS TABLE (person_id uuid, mail_address text, language varchar) LANGUAGE sql STABLE {HEAD}
    SELECT p.id, p.mail_address, p.language FROM officer_accesses a
    JOIN role_grants r ON r.role = 'webmaster' JOIN persons p ON p.id = r.person_id
    WHERE a.id = asked_access AND a.officer_id = {VIEWER} AND gate.bound('officer') AND gate.may_attend(a.id, p.id)
    ORDER BY p.id
$$""",
    # To the officer, and to the webmaster who answered: whether the owner is to be told that nobody is left. Refused,
    # or ended after all by the webmaster, who alone gives a reason: both silence the officer.
    "nobody_attends(uuid)": f"""
CREATE FUNCTION gate.nobody_attends(asked_access uuid) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (
        SELECT FROM officer_accesses a WHERE a.id = asked_access
        AND (a.agreed_at IS NULL AND a.ended_at IS NULL OR a.end_reason IS NOT NULL)
        AND (a.officer_id = {VIEWER} AND gate.bound('officer') OR gate.bound('webmaster') AND EXISTS (
            SELECT FROM access_asks k WHERE k.access_id = a.id AND k.answered_by = {VIEWER}))
        AND NOT gate.somebody_attends(a.id))
$$""",
}

ACCOUNTS = {
    # As in 0007, one at a time: of two webmasters who act at once, the second finds it done.
    "act_on(uuid, text, text)": f"""
CREATE FUNCTION gate.act_on(asked_look uuid, asked_act text, asked_reason text)
RETURNS TABLE (outcome text, person_id uuid, mail_address text, language varchar, portal text)
LANGUAGE plpgsql {HEAD}
DECLARE known record; told text := 'done';
BEGIN
    PERFORM {LOCK};
    IF NOT gate.bound('webmaster') THEN {REFUSED}; END IF;
    SELECT l.person_id, l.session_id, p.mail_address, p.language, p.blocked_at IS NOT NULL AS blocked INTO known
    FROM gate.look(asked_look) l JOIN persons p ON p.id = l.person_id;
    IF NOT FOUND THEN RETURN; END IF;
    IF asked_act <> 'release' AND EXISTS (SELECT FROM role_grants r WHERE r.person_id = known.person_id) THEN
        told := 'has_role';
    ELSIF asked_act = 'block' AND NOT known.blocked THEN
        UPDATE persons p SET blocked_at = now(), blocked_reason = asked_reason WHERE p.id = known.person_id;
    ELSIF asked_act = 'release' AND known.blocked THEN
        UPDATE persons p SET blocked_at = NULL, blocked_reason = NULL WHERE p.id = known.person_id;
    ELSIF asked_act = 'remove_factors' AND (
        EXISTS (SELECT FROM totps t WHERE t.person_id = known.person_id)
        OR EXISTS (SELECT FROM passkeys k WHERE k.person_id = known.person_id)
    ) THEN
        DELETE FROM totps t WHERE t.person_id = known.person_id;
        DELETE FROM passkeys k WHERE k.person_id = known.person_id;
        DELETE FROM recovery_codes c WHERE c.person_id = known.person_id;
    ELSE
        told := 'unchanged';
    END IF;
    IF told = 'done' THEN
        INSERT INTO acts (id, person_id, webmaster_id, session_id, tenant_id, act, reason)
        VALUES (gen_random_uuid(), known.person_id, {VIEWER}, known.session_id, current_setting('app.tenant', true),
                asked_act, asked_reason);
        IF asked_act <> 'release' THEN
            DELETE FROM sessions s WHERE s.person_id = known.person_id;
        END IF;
    END IF;
    RETURN QUERY SELECT told, known.person_id, known.mail_address, known.language, gate.home_of(known.person_id);
END $$""",
}

REQUESTS = {
    "requests(integer, uuid, boolean, integer, integer)": f"""
CREATE FUNCTION gate.requests(asked_version integer, asked_id uuid, asked_answered boolean, at_most integer,
                              left_out integer)
RETURNS TABLE (id uuid, person_id uuid, wrapped bytea, kind varchar, purpose varchar, words bytea,
               asked_at timestamptz, due_on date, extended_at timestamptz, extension_reason bytea,
               answered_at timestamptz, answer bytea, answered_as varchar)
LANGUAGE sql STABLE {HEAD}
    WITH me AS MATERIALIZED (SELECT gate.bound_as(asked_version) AS role)
    SELECT r.id, r.person_id, k.wrapped, r.kind, r.purpose, r.words, r.asked_at, r.due_on, r.extended_at,
           r.extension_reason, r.answered_at, r.answer, r.answered_as
    FROM requests r LEFT JOIN person_keys k ON k.person_id = r.person_id
    WHERE (SELECT role FROM me) IS NOT NULL AND r.person_id <> {VIEWER}
      AND (asked_id IS NULL OR r.id = asked_id)
      AND (asked_answered IS NULL OR asked_answered = (r.answered_at IS NOT NULL))
      AND ((SELECT role FROM me) = 'officer' OR gate.may_answer(r.person_id, (SELECT role FROM me)))
    ORDER BY r.answered_at DESC NULLS FIRST, r.due_on, r.id LIMIT at_most OFFSET left_out
$$""",
    "answer_request(integer, uuid, bytea)": f"""
CREATE FUNCTION gate.answer_request(asked_version integer, asked_id uuid, sealed bytea)
RETURNS TABLE (person_id uuid, mail_address text, language varchar, tenant_id text)
LANGUAGE sql {HEAD}
    UPDATE requests r SET answer = sealed, answered_at = now(), answered_by = {VIEWER},
        answered_as = gate.bound_as(asked_version)
    FROM persons p WHERE r.id = asked_id AND r.answered_at IS NULL AND p.id = r.person_id AND p.id <> {VIEWER}
      AND gate.may_answer(p.id, gate.bound_as(asked_version))
    RETURNING p.id, p.mail_address, r.language, r.tenant_id
$$""",
    "extend_request(integer, uuid, bytea)": f"""
CREATE FUNCTION gate.extend_request(asked_version integer, asked_id uuid, sealed bytea)
RETURNS TABLE (person_id uuid, mail_address text, language varchar, tenant_id text, due_on date)
LANGUAGE sql {HEAD}
    UPDATE requests r SET extension_reason = sealed, extended_at = now(), reminded = 0,
        due_on = (r.asked_on + interval '3 months')::date
    FROM persons p WHERE r.id = asked_id AND r.answered_at IS NULL AND r.extended_at IS NULL
      AND r.due_on >= (now() AT TIME ZONE 'Europe/Amsterdam')::date AND p.id = r.person_id AND p.id <> {VIEWER}
      AND gate.may_answer(p.id, gate.bound_as(asked_version))
    RETURNING p.id, p.mail_address, r.language, r.tenant_id, r.due_on
$$""",
    # Who is to hear that a request of this person is due: who may answer it; where nobody may, all who could sign.
    "answerers(uuid)": f"""
CREATE FUNCTION gate.answerers(asked_person uuid) RETURNS TABLE (person_id uuid, mail_address text, language varchar)
LANGUAGE plpgsql STABLE {HEAD}
BEGIN
    IF NOT ({IS_JOB}) THEN {NO_JOB}; END IF;
    RETURN QUERY SELECT found.id, found.mail_address, found.language FROM (
        SELECT ranked.*, min(ranked.place) OVER () AS first FROM (
            SELECT p.id, p.mail_address, p.language, CASE WHEN gate.is_bound(p.id, 'officer') THEN 1
                WHEN gate.is_bound(p.id, 'webmaster') THEN 2 ELSE 3 END AS place
            FROM role_grants r JOIN persons p ON p.id = r.person_id
            WHERE r.role IN ('officer', 'webmaster') AND p.blocked_at IS NULL AND p.id <> asked_person
        ) ranked
    ) found WHERE found.place = found.first ORDER BY found.id;
END $$""",
}

STATISTICS = {
    # As in 0008, and who searches for the same name again and again (`repeated_searches`).
    "unusual_looks(integer, integer, integer, integer, integer, integer, integer)": f"""
CREATE FUNCTION gate.unusual_looks(asked_days integer, many_persons integer, night_begins integer, night_ends integer,
                                   night_looks integer, same_person integer, same_name integer)
RETURNS TABLE (pattern text, day date, viewer bigint, relations varchar[], looks bigint, persons bigint)
LANGUAGE sql STABLE {HEAD}
    WITH salt AS MATERIALIZED (SELECT gen_random_uuid()::text AS grain),
    looks AS MATERIALIZED (
        SELECT j.viewer_id, j.person_id, j.seen_at AT TIME ZONE 'Europe/Amsterdam' AS at, j.relations FROM journal j
        WHERE gate.bound('officer') AND j.seen_at > now() - make_interval(days => asked_days)
            AND j.viewer_id <> j.person_id
    ), found AS (
        SELECT 'many_persons' AS pattern, l.viewer_id, l.at::date AS day, count(*) AS looks,
            count(DISTINCT l.person_id) AS persons FROM looks l
        GROUP BY 2, 3 HAVING count(DISTINCT l.person_id) >= many_persons
        UNION ALL
        SELECT 'odd_hours', l.viewer_id, l.at::date, count(*), count(DISTINCT l.person_id) FROM looks l
        WHERE extract(hour FROM l.at) >= night_begins AND extract(hour FROM l.at) < night_ends
        GROUP BY 2, 3 HAVING count(*) >= night_looks
        UNION ALL
        SELECT 'same_person', l.viewer_id, max(l.at)::date, count(*), 1 FROM looks l
        GROUP BY l.viewer_id, l.person_id HAVING count(*) >= same_person
        UNION ALL
        SELECT 'same_name', s.person_id, s.day, sum(s.times), 0 FROM repeated_searches s
        WHERE gate.bound('officer') AND s.day > current_date - asked_days
        GROUP BY s.person_id, s.day HAVING sum(s.times) >= same_name
    )
    SELECT f.pattern, f.day, dense_rank() OVER (ORDER BY md5(s.grain || f.viewer_id::text)),
        CASE WHEN f.pattern = 'same_name' THEN ARRAY['member']::varchar[] ELSE
            ARRAY(SELECT DISTINCT r.relation FROM looks l CROSS JOIN unnest(l.relations) AS r (relation)
                  WHERE l.viewer_id = f.viewer_id ORDER BY 1) END, f.looks, f.persons
    FROM found f CROSS JOIN salt s ORDER BY f.looks DESC, f.day DESC, f.pattern LIMIT 100
$$""",
    # The days that the statistics show (policy/oversight.py), and not what somebody asks for.
    "forget_searches()": f"""
CREATE FUNCTION gate.forget_searches() RETURNS bigint LANGUAGE plpgsql {HEAD}
DECLARE gone bigint;
BEGIN
    IF NOT ({IS_JOB}) THEN {NO_JOB}; END IF;
    DELETE FROM repeated_searches s WHERE s.day < (now() AT TIME ZONE 'Europe/Amsterdam')::date - 30;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$""",
}

FUNCTIONS = AGREEMENTS | ACCESSES | ACCOUNTS | CHANGES | REQUESTS | STATISTICS
