from pydantic import BaseModel


class Order(BaseModel):
    id: str
    user_id: str
    total: float

    async def charge(self) -> None: ...

    def note(self, text: str) -> None: ...


class Plan(BaseModel):
    owner_id: str
