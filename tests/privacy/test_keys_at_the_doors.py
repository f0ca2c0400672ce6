"""While a key is not at hand, what needs it is answered 503 with a code of its own, and everything else goes on."""

from pathlib import Path

from salesapi.embedded.postgresql import DatabaseUrls
from tests.connections import connected
from tests.service import running_service


async def test_what_needs_no_missing_key_goes_on(database: DatabaseUrls, tmp_path: Path) -> None:
    async with running_service(database, tmp_path) as service:
        lead_id = (await service.must("/v1/leads", {"source": "call", "name": "Li Na"}))["id"]
        async with connected(database.owner_url) as owner:
            await owner.execute("INSERT INTO privacy.key_encryption_key (id) VALUES ('file:elsewhere')")
            await owner.execute("UPDATE privacy.subject_key SET kek_id = 'file:elsewhere'")
        service.core.states.forget()
        keys = service.core.codec._keys
        assert keys is not None
        keys.forget()

        refused = await service.post(f"/v1/leads/{lead_id}/qualify", {"criteria": ["budget"]}, key="qualify")
        others = await service.post("/v1/leads", {"source": "call", "name": "Li Lei"})

        assert (refused.status_code, refused.json()["code"]) == (503, "keys.unavailable")
        assert "Li" not in refused.text
        assert others.status_code == 201, others.text
        async with connected(database.owner_url) as owner:
            (kek_id,) = [
                row["id"]
                for row in await owner.fetch("SELECT id FROM privacy.key_encryption_key WHERE id <> 'file:elsewhere'")
            ]
            await owner.execute("UPDATE privacy.subject_key SET kek_id = $1", kek_id)
        again = await service.post(f"/v1/leads/{lead_id}/qualify", {"criteria": ["budget"]}, key="qualify")
        assert again.status_code == 200, again.text
