"""The functions of the gate behind the officer's access (clause W8), frozen with migration 0008 that makes them.

Each checks by itself who asks: the person of `app.viewer` must be officer or webmaster, bound and not blocked.
"""

VIEWER = "NULLIF(current_setting('app.viewer', true), '')::uuid"
HEAD = "SECURITY DEFINER SET search_path = public, pg_temp AS $$"

# Functions that other functions ask, and the application may not.
INNER = {
    # As `gate.bound` of 0007, of somebody else than the one who asks.
    "is_bound(uuid, text)": f"""
CREATE FUNCTION gate.is_bound(asked_person uuid, asked_role text) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (
        SELECT FROM role_grants r
        JOIN persons p ON p.id = r.person_id AND p.blocked_at IS NULL
        JOIN signatures s ON s.person_id = r.person_id AND s.agreement = 'confidentiality'
            AND s.version = gate.agreement_version('confidentiality') AND s.expires_at > now()
        WHERE r.person_id = asked_person AND r.role = asked_role
    )
$$""",
    "is_proved(uuid, uuid)": f"""
CREATE FUNCTION gate.is_proved(asked_person uuid, asked_session uuid) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (SELECT FROM sessions s WHERE s.person_id = asked_person AND NOT s.pin_needed
                   AND (asked_session IS NULL OR s.id = asked_session)
                   AND s.second_factor_at IS NOT NULL AND s.started_at > now() - interval '30 days')
$$""",
    # Both are there: the webmaster showed it in the last two minutes, in a session that still stands.
    "access_is_open(uuid)": f"""
CREATE FUNCTION gate.access_is_open(asked_access uuid) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (
        SELECT FROM officer_accesses a WHERE a.id = asked_access AND a.ended_at IS NULL
        AND a.starts_at <= now() AND a.expires_at > now() AND a.attended_at > now() - interval '2 minutes'
        AND a.officer_id <> a.webmaster_id AND a.session_id IS NOT NULL
        AND gate.is_bound(a.officer_id, 'officer') AND gate.is_proved(a.officer_id, NULL)
        AND gate.is_bound(a.webmaster_id, 'webmaster') AND gate.is_proved(a.webmaster_id, a.session_id))
$$""",
    # A day without a word counts as a refusal: nobody silences the officer by looking away.
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
        ELSE 'asked' END
    FROM officer_accesses a LEFT JOIN LATERAL (
        SELECT * FROM access_asks k WHERE k.access_id = a.id ORDER BY k.asked_at DESC, k.id LIMIT 1
    ) k ON true WHERE a.id = asked_access
$$""",
    # Whoever the access concerns does not attend it, nor who refused it or stayed away before.
    "may_attend(uuid, uuid)": f"""
CREATE FUNCTION gate.may_attend(asked_access uuid, asked_person uuid) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT gate.is_bound(asked_person, 'webmaster')
        AND NOT EXISTS (SELECT FROM officer_accesses a WHERE a.id = asked_access AND a.officer_id = asked_person)
        AND NOT EXISTS (SELECT FROM access_persons p WHERE p.access_id = asked_access AND p.person_id = asked_person)
        AND NOT EXISTS (SELECT FROM access_asks k WHERE k.access_id = asked_access AND k.answered_by = asked_person)
$$""",
}

# What the officer does.
OFFICER = {
    "named_person(text)": f"""
CREATE FUNCTION gate.named_person(asked text) RETURNS uuid LANGUAGE sql STABLE {HEAD}
    SELECT p.id FROM persons p WHERE (p.number = upper(asked) OR p.mail_address = lower(asked))
        AND p.id <> {VIEWER} AND gate.bound('officer')
$$""",
    "bound_webmasters()": f"""
CREATE FUNCTION gate.bound_webmasters() RETURNS TABLE (person_id uuid, mail_address text, language varchar)
LANGUAGE sql STABLE {HEAD}
    SELECT p.id, p.mail_address, p.language FROM role_grants r JOIN persons p ON p.id = r.person_id
    WHERE r.role = 'webmaster' AND gate.bound('officer') AND gate.is_bound(p.id, 'webmaster')
    ORDER BY p.id
$$""",
    "ask_access(uuid, text, varchar[], timestamptz, timestamptz, uuid[], uuid)": f"""
CREATE FUNCTION gate.ask_access(new_id uuid, why text, asked_items varchar[], asked_from timestamptz,
                                asked_until timestamptz, asked_persons uuid[], asked_webmaster uuid)
RETURNS boolean LANGUAGE plpgsql {HEAD}
BEGIN
    IF NOT gate.bound('officer') OR btrim(why) = '' OR cardinality(asked_items) = 0
        OR cardinality(asked_persons) = 0 OR cardinality(asked_persons) > 20 OR {VIEWER} = ANY(asked_persons)
    THEN RETURN false; END IF;
    INSERT INTO officer_accesses (id, officer_id, reason, items, starts_at, expires_at)
        VALUES (new_id, {VIEWER}, why, asked_items, asked_from, asked_until);
    INSERT INTO access_persons (access_id, person_id, place)
        SELECT new_id, p, row_number() OVER () FROM unnest(asked_persons) p GROUP BY p;
    IF asked_webmaster IS NOT NULL AND NOT gate.may_attend(new_id, asked_webmaster) THEN
        DELETE FROM officer_accesses WHERE id = new_id;
        RETURN false;
    END IF;
    INSERT INTO access_asks (id, access_id, anybody, asked_id)
        VALUES (gen_random_uuid(), new_id, asked_webmaster IS NULL, asked_webmaster);
    RETURN true;
END $$""",
    "ask_access_again(uuid, uuid)": f"""
CREATE FUNCTION gate.ask_access_again(asked_access uuid, asked_webmaster uuid) RETURNS boolean LANGUAGE plpgsql {HEAD}
BEGIN
    PERFORM FROM officer_accesses a WHERE a.id = asked_access AND a.officer_id = {VIEWER} FOR UPDATE;
    IF NOT FOUND OR NOT gate.bound('officer')
        OR gate.access_state(asked_access) NOT IN ('refused', 'silent', 'absent')
        OR asked_webmaster IS NOT NULL AND (NOT gate.may_attend(asked_access, asked_webmaster) OR EXISTS (
            SELECT FROM access_asks k WHERE k.access_id = asked_access AND k.asked_id = asked_webmaster))
    THEN RETURN false; END IF;
    UPDATE officer_accesses SET webmaster_id = NULL, agreed_at = NULL, session_id = NULL, attended_at = NULL
        WHERE id = asked_access;
    INSERT INTO access_asks (id, access_id, anybody, asked_id, asked_at)
        VALUES (gen_random_uuid(), asked_access, asked_webmaster IS NULL, asked_webmaster, clock_timestamp());
    RETURN true;
END $$""",
    # What the officer may see at this moment: nothing but these items of these persons.
    "opened_items()": f"""
CREATE FUNCTION gate.opened_items() RETURNS TABLE (access_id uuid, person_id uuid, item varchar)
LANGUAGE plpgsql STABLE {HEAD}
BEGIN
    IF {VIEWER} IS NULL OR NOT EXISTS (
        SELECT FROM role_grants r WHERE r.person_id = {VIEWER} AND r.role = 'officer'
    ) THEN RETURN; END IF;
    RETURN QUERY SELECT a.id, p.person_id, i.item FROM officer_accesses a
        JOIN access_persons p ON p.access_id = a.id CROSS JOIN unnest(a.items) AS i (item)
        WHERE a.officer_id = {VIEWER} AND a.ended_at IS NULL AND gate.access_is_open(a.id);
END $$""",
    # At most ninety days from now; again and again, each time with a reason.
    "hide_look(bigint, timestamptz, text)": f"""
CREATE FUNCTION gate.hide_look(asked_entry bigint, until timestamptz, why text) RETURNS boolean LANGUAGE plpgsql {HEAD}
DECLARE look record;
BEGIN
    IF NOT gate.bound('officer') OR btrim(why) = '' OR until <= now()
        OR until > now() + interval '91 days' THEN RETURN false; END IF;
    UPDATE journal j SET hidden_until = until, hidden_reason = why
        FROM officer_accesses a WHERE j.id = asked_entry AND a.id = j.access_id AND a.officer_id = {VIEWER}
        RETURNING j.access_id, j.person_id INTO look;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE access_persons p SET hidden_until = greatest(p.hidden_until, until)
        WHERE p.access_id = look.access_id AND p.person_id = look.person_id;
    RETURN true;
END $$""",
}

# What the webmaster does.
WEBMASTER = {
    # The first answer counts: who comes later hears so.
    "answer_access(uuid, boolean, text)": f"""
CREATE FUNCTION gate.answer_access(asked_access uuid, agree boolean, why text) RETURNS boolean LANGUAGE plpgsql {HEAD}
DECLARE asked uuid;
BEGIN
    PERFORM FROM officer_accesses a WHERE a.id = asked_access FOR UPDATE;
    IF NOT FOUND OR gate.access_state(asked_access) NOT IN ('asked', 'silent')
        OR NOT gate.may_attend(asked_access, {VIEWER}) OR NOT agree AND btrim(coalesce(why, '')) = ''
    THEN RETURN false; END IF;
    SELECT k.id INTO asked FROM access_asks k WHERE k.access_id = asked_access AND (k.anybody OR k.asked_id = {VIEWER})
        AND k.answered_at IS NULL AND k.id = (
            SELECT n.id FROM access_asks n WHERE n.access_id = asked_access ORDER BY n.asked_at DESC, n.id LIMIT 1);
    IF asked IS NULL THEN RETURN false; END IF;
    UPDATE access_asks SET answered_by = {VIEWER}, answered_at = clock_timestamp(), agreed = agree,
        answer_reason = CASE WHEN agree THEN NULL ELSE why END WHERE id = asked;
    IF agree THEN
        UPDATE officer_accesses SET webmaster_id = {VIEWER}, agreed_at = now() WHERE id = asked_access;
    END IF;
    RETURN true;
END $$""",
    # To be told of the answer that was just given.
    "access_officer(uuid)": f"""
CREATE FUNCTION gate.access_officer(asked_access uuid)
RETURNS TABLE (person_id uuid, mail_address text, language varchar) LANGUAGE sql STABLE {HEAD}
    SELECT p.id, p.mail_address, p.language FROM officer_accesses a JOIN persons p ON p.id = a.officer_id
    WHERE a.id = asked_access AND gate.bound('webmaster') AND EXISTS (
        SELECT FROM access_asks k WHERE k.access_id = a.id AND k.answered_by = {VIEWER})
$$""",
    "attend_access(uuid, uuid)": f"""
CREATE FUNCTION gate.attend_access(asked_access uuid, asked_session uuid) RETURNS boolean LANGUAGE plpgsql {HEAD}
BEGIN
    UPDATE officer_accesses a SET attended_at = now(), session_id = asked_session
        WHERE a.id = asked_access AND a.webmaster_id = {VIEWER} AND a.ended_at IS NULL AND a.expires_at > now()
        AND asked_session IS NOT NULL AND gate.bound('webmaster') AND gate.is_proved({VIEWER}, asked_session);
    RETURN FOUND;
END $$""",
    "end_access(uuid, text)": f"""
CREATE FUNCTION gate.end_access(asked_access uuid, why text) RETURNS boolean LANGUAGE plpgsql {HEAD}
BEGIN
    UPDATE officer_accesses a SET ended_at = clock_timestamp(),
        end_reason = CASE WHEN a.webmaster_id = {VIEWER} THEN why END
        WHERE a.id = asked_access AND a.ended_at IS NULL AND (
            a.officer_id = {VIEWER} AND gate.bound('officer')
            OR a.webmaster_id = {VIEWER} AND gate.bound('webmaster') AND btrim(coalesce(why, '')) <> '');
    RETURN FOUND;
END $$""",
}

# What both read. A webmaster whom it concerns learns nothing here that a person would not.
BOTH = {
    "accesses(uuid)": f"""
CREATE FUNCTION gate.accesses(asked_access uuid)
RETURNS TABLE (id uuid, mine boolean, officer_id uuid, webmaster_id uuid, reason text, items varchar[],
               starts_at timestamptz, expires_at timestamptz, made_at timestamptz, attended_at timestamptz,
               ended_at timestamptz, end_reason text, state text, numbers varchar[], asked_ids uuid[],
               refusals text[], may_answer boolean)
LANGUAGE sql STABLE {HEAD}
    SELECT a.id, a.officer_id = {VIEWER}, a.officer_id, a.webmaster_id, a.reason, a.items, a.starts_at, a.expires_at,
        a.made_at, a.attended_at, a.ended_at, a.end_reason, gate.access_state(a.id),
        ARRAY(SELECT p.number FROM access_persons c JOIN persons p ON p.id = c.person_id
              WHERE c.access_id = a.id ORDER BY c.place),
        ARRAY(SELECT coalesce(k.answered_by, k.asked_id) FROM access_asks k WHERE k.access_id = a.id
              AND coalesce(k.answered_by, k.asked_id) IS NOT NULL),
        ARRAY(SELECT k.answer_reason FROM access_asks k WHERE k.access_id = a.id AND NOT k.agreed ORDER BY k.asked_at),
        gate.access_state(a.id) IN ('asked', 'silent') AND gate.may_attend(a.id, {VIEWER}) AND (
            SELECT k.answered_at IS NULL AND (k.anybody OR k.asked_id = {VIEWER}) FROM access_asks k
            WHERE k.access_id = a.id ORDER BY k.asked_at DESC, k.id LIMIT 1)
    FROM officer_accesses a
    WHERE (asked_access IS NULL OR a.id = asked_access) AND (
        gate.bound('officer') AND a.officer_id = {VIEWER}
        OR gate.bound('webmaster') AND (a.webmaster_id = {VIEWER} OR EXISTS (
            SELECT FROM access_asks k WHERE k.access_id = a.id
            AND (k.anybody OR k.asked_id = {VIEWER} OR k.answered_by = {VIEWER}))
            AND NOT EXISTS (SELECT FROM access_persons c WHERE c.access_id = a.id AND c.person_id = {VIEWER})))
    ORDER BY a.made_at DESC, a.id LIMIT 100
$$""",
    # Whom, which items and when: never a value.
    "access_log(uuid)": f"""
CREATE FUNCTION gate.access_log(asked_access uuid)
RETURNS TABLE (id bigint, number varchar, items varchar[], seen_at timestamptz, hidden_until timestamptz)
LANGUAGE sql STABLE {HEAD}
    SELECT j.id, p.number, j.items, j.seen_at, j.hidden_until FROM journal j
    JOIN officer_accesses a ON a.id = j.access_id JOIN persons p ON p.id = j.person_id
    WHERE a.id = asked_access AND (
        a.officer_id = {VIEWER} AND gate.bound('officer')
        OR a.webmaster_id = {VIEWER} AND gate.bound('webmaster'))
    ORDER BY j.id DESC LIMIT 200
$$""",
    "access_person(uuid, smallint)": f"""
CREATE FUNCTION gate.access_person(asked_access uuid, asked_place smallint)
RETURNS TABLE (person_id uuid, number varchar, reason text) LANGUAGE sql STABLE {HEAD}
    SELECT p.id, p.number, a.reason FROM access_persons c JOIN officer_accesses a ON a.id = c.access_id
    JOIN persons p ON p.id = c.person_id
    WHERE a.id = asked_access AND c.place = asked_place AND a.officer_id = {VIEWER}
        AND gate.bound('officer')
$$""",
    "hidden_looks()": f"""
CREATE FUNCTION gate.hidden_looks()
RETURNS TABLE (id bigint, access_id uuid, number varchar, seen_at timestamptz, hidden_until timestamptz,
               hidden_reason text)
LANGUAGE sql STABLE {HEAD}
    SELECT j.id, j.access_id, p.number, j.seen_at, j.hidden_until, j.hidden_reason
    FROM journal j JOIN persons p ON p.id = j.person_id
    WHERE j.access_id IS NOT NULL AND j.hidden_until > now() AND j.person_id <> {VIEWER}
        AND (gate.bound('officer') OR gate.bound('webmaster'))
    ORDER BY j.hidden_until, j.id LIMIT 200
$$""",
}

# What the officer reads about all looks: roles and numbers, nobody's name.
STATISTICS = {
    "look_days(integer)": f"""
CREATE FUNCTION gate.look_days(asked_days integer)
RETURNS TABLE (day date, relation varchar, looks bigint, persons bigint, viewers bigint) LANGUAGE sql STABLE {HEAD}
    SELECT (j.seen_at AT TIME ZONE 'Europe/Amsterdam')::date, r.relation, count(*), count(DISTINCT j.person_id),
        count(DISTINCT j.viewer_id)
    FROM journal j CROSS JOIN unnest(j.relations) AS r (relation)
    WHERE gate.bound('officer') AND j.seen_at > now() - make_interval(days => asked_days)
    GROUP BY 1, 2 ORDER BY 1 DESC, 2
$$""",
    # A viewer is a number that holds for this one answer.
    "unusual_looks(integer, integer, integer, integer, integer, integer)": f"""
CREATE FUNCTION gate.unusual_looks(asked_days integer, many_persons integer, night_begins integer, night_ends integer,
                                   night_looks integer, same_person integer)
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
    )
    SELECT f.pattern, f.day, dense_rank() OVER (ORDER BY md5(s.grain || f.viewer_id::text)),
        ARRAY(SELECT DISTINCT r.relation FROM looks l CROSS JOIN unnest(l.relations) AS r (relation)
              WHERE l.viewer_id = f.viewer_id ORDER BY 1), f.looks, f.persons
    FROM found f CROSS JOIN salt s ORDER BY f.looks DESC, f.day DESC, f.pattern LIMIT 100
$$""",
    "mail_troubles()": f"""
CREATE FUNCTION gate.mail_troubles() RETURNS TABLE (failed bigint, waiting bigint) LANGUAGE sql STABLE {HEAD}
    SELECT count(*) FILTER (WHERE m.state IN ('failed', 'uncertain')),
        count(*) FILTER (WHERE m.state IN ('queued', 'sending') AND m.made_at < now() - interval '1 hour')
    FROM mails m WHERE gate.bound('officer')
$$""",
}
FUNCTIONS = OFFICER | WEBMASTER | BOTH | STATISTICS
