import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type SessionState, type StateName, stateNames } from './session-state.js';

@ApiSchema({ name: 'SessionAgent' })
export class SessionAgentDto {
  @ApiProperty({ type: String, nullable: true, example: 'test@qq.com', description: 'null if no agent is named' })
  declare id: string | null;
}

@ApiSchema({ name: 'SessionState' })
export class SessionStateDto implements SessionState {
  @ApiProperty({ type: String, example: 'b0f4ca12-4850-4218-a284-efe679a87066' })
  declare id: string;

  @ApiProperty({ type: String, enum: stateNames, example: 'agent', description: 'Who serves the session now' })
  declare state: StateName;

  @ApiProperty({ type: SessionAgentDto })
  declare agent: SessionAgentDto;
}
